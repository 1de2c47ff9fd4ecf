{{ config(materialized="incremental", unique_key="orderkey", incremental_strategy="merge") }}
select orderkey, orderdate, totalprice
from {{ source("tpch", "orders") }}
where totalprice > 400000
