import type { Watched } from "./rules";
import { type Chart, renderDashboard } from "./panels";

/** Dashboard of a service: firing alerts and answering pods first, then the service's own panels. */
export function serviceDashboard({ service, namespace, monitoring }: Omit<Watched, "peer">): string {
  const { scrapes = [], alerts = [], panels = [] } = monitoring ?? {};
  const charts: Chart[] = [];
  if (alerts.length > 0) {
    const names = alerts.map((alert) => alert.name).join("|");
    charts.push({
      title: "Firing alerts",
      unit: "short",
      queries: [
        { expr: `sum by (alertname) (ALERTS{alertstate="firing", alertname=~"${names}"})`, legend: "{{alertname}}" },
      ],
    });
  }
  if (scrapes.length > 0) {
    charts.push({
      title: "Pods that answer",
      unit: "short",
      queries: [{ expr: `sum by (pod) (up{job="${service}", namespace="${namespace}"})`, legend: "{{pod}}" }],
    });
  }
  charts.push(...panels.map(({ title, unit, expr, legend }) => ({ title, unit, queries: [{ expr, legend }] })));
  return renderDashboard({ name: service, title: `Lakehouse / ${service}`, charts });
}
