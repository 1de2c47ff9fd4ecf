/** Queries in the shape of TPC-H, with the column names of Trino's `tpch` catalog: scans, joins of two to six tables, a large aggregation. */
export const QUERIES: Readonly<Record<string, string>> = {
  "Q1 scan, aggregate": `select returnflag, linestatus, sum(quantity), sum(extendedprice), avg(discount), count(*)
    from lineitem where shipdate <= date '1998-09-02' group by 1, 2 order by 1, 2`,
  "Q3 three tables": `select l.orderkey, sum(l.extendedprice * (1 - l.discount)) revenue, o.orderdate, o.shippriority
    from customer c join orders o on c.custkey = o.custkey join lineitem l on l.orderkey = o.orderkey
    where c.mktsegment = 'BUILDING' and o.orderdate < date '1995-03-15' and l.shipdate > date '1995-03-15'
    group by 1, 3, 4 order by revenue desc, o.orderdate limit 10`,
  "Q5 six tables": `select n.name, sum(l.extendedprice * (1 - l.discount)) revenue
    from customer c join orders o on c.custkey = o.custkey join lineitem l on l.orderkey = o.orderkey
    join supplier s on l.suppkey = s.suppkey and c.nationkey = s.nationkey join nation n on s.nationkey = n.nationkey
    join region r on n.regionkey = r.regionkey where r.name = 'ASIA'
    and o.orderdate >= date '1994-01-01' and o.orderdate < date '1995-01-01' group by 1 order by revenue desc`,
  "Q6 selective scan": `select sum(extendedprice * discount) from lineitem where shipdate >= date '1994-01-01'
    and shipdate < date '1995-01-01' and discount between 0.05 and 0.07 and quantity < 24`,
  "Q10 four tables": `select c.custkey, c.name, sum(l.extendedprice * (1 - l.discount)) revenue, n.name
    from customer c join orders o on c.custkey = o.custkey join lineitem l on l.orderkey = o.orderkey
    join nation n on c.nationkey = n.nationkey where o.orderdate >= date '1993-10-01'
    and o.orderdate < date '1994-01-01' and l.returnflag = 'R' group by 1, 2, 4 order by revenue desc limit 20`,
  "Q14 two tables": `select 100.0 * sum(case when p.type like 'PROMO%' then l.extendedprice * (1 - l.discount) else 0 end)
    / sum(l.extendedprice * (1 - l.discount)) from lineitem l join part p on l.partkey = p.partkey
    where l.shipdate >= date '1995-09-01' and l.shipdate < date '1995-10-01'`,
  "Q18 large groups": `select c.name, o.orderkey, o.totalprice, sum(l.quantity) from customer c
    join orders o on c.custkey = o.custkey join lineitem l on o.orderkey = l.orderkey
    where o.orderkey in (select orderkey from lineitem group by orderkey having sum(quantity) > 300)
    group by 1, 2, 3 order by o.totalprice desc limit 100`,
};

export const TABLES = ["lineitem", "orders", "customer", "part", "supplier", "nation", "region"];

/** One week out of seven years, as a dashboard queries it. */
export const selective = (table: string) =>
  `select returnflag, count(*), sum(extendedprice) from ${table}
   where shipdate between date '1995-03-06' and date '1995-03-12' group by 1 order by 1`;
