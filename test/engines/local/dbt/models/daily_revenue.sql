{{ config(materialized="table") }}
select orderdate, sum(totalprice) as revenue, count(*) as orders
from {{ source("tpch", "orders") }}
group by orderdate
