{{ config(materialized="view") }}
select year(orderdate) as year, sum(revenue) as revenue
from {{ ref("daily_revenue") }}
group by 1
