using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>What became of one metric of an autoscaler.</summary>
/// <param name="Proposal">What it asks for, or why it can't be told.</param>
/// <param name="Status">What the status shows of it; null when it failed.</param>
/// <param name="Name">What the event of a change calls it.</param>
/// <param name="FailReason">The reason of a failure: FailedGetResourceMetric.</param>
/// <param name="FailPrefix">What comes before the error in the text about all metrics.</param>
internal sealed record MetricJudgement(
    ReplicaProposal Proposal, MetricStatus? Status, string Name, string FailReason, string FailPrefix)
{
    /// <summary>What to ask the metrics APIs for a metric.</summary>
    public static MetricsQuery QueryOf(MetricSpec spec, string @namespace, string selector) => spec.Type switch
    {
        "Resource" => new(MetricsApi.Resource, @namespace, spec.Resource!.Name) { Pods = selector },
        "ContainerResource" => new(MetricsApi.Resource, @namespace, spec.ContainerResource!.Name)
        {
            Pods = selector,
            Container = spec.ContainerResource.Container,
        },
        "Pods" => new(MetricsApi.Pods, @namespace, spec.Pods!.Metric.Name)
        {
            Pods = selector,
            Series = spec.Pods.Metric.Selector,
        },
        "Object" => new(MetricsApi.Object, @namespace, spec.Object!.Metric.Name)
        {
            Object = spec.Object.DescribedObject,
            Series = spec.Object.Metric.Selector,
        },
        _ =>
            new(MetricsApi.External, @namespace, spec.External!.Metric.Name) { Series = spec.External.Metric.Selector },
    };

    /// <summary>Judges a metric by what was measured.</summary>
    public static MetricJudgement Of(
        MetricSpec spec, MetricsQuery query, MetricsAnswer answer, IReadOnlyList<Pod> pods, ReplicaCalculator calculator)
    {
        string name = query.Metric;
        MetricTarget target = TargetOf(spec);
        ReplicaProposal proposal = Propose(spec, query, target, answer, pods, calculator);
        string share = target.AverageUtilization is null ? "" : " utilization (percentage of request)";
        MetricValueStatus value = ValueOf(spec, target, proposal);
        return spec.Type switch
        {
            "Resource" => new(
                proposal,
                new MetricStatus { Type = spec.Type, Resource = new ResourceMetricStatus { Name = name, Current = value } },
                $"{name} resource{share}",
                "FailedGetResourceMetric",
                $"failed to get {name} resource metric value: "),
            "ContainerResource" => new(
                proposal,
                new MetricStatus
                {
                    Type = spec.Type,
                    ContainerResource =
                        new ContainerResourceMetricStatus { Name = name, Container = query.Container, Current = value },
                },
                $"{name} container resource{share}",
                "FailedGetContainerResourceMetric",
                $"failed to get {name} container metric value: "),
            "Pods" => new(
                proposal,
                new MetricStatus { Type = spec.Type, Pods = new PodsMetricStatus { Metric = spec.Pods!.Metric, Current = value } },
                $"pods metric {name}",
                "FailedGetPodsMetric",
                "failed to get pods metric value: "),
            "Object" => new(
                proposal,
                new MetricStatus
                {
                    Type = spec.Type,
                    Object = new ObjectMetricStatus { Metric = spec.Object!.Metric, DescribedObject = query.Object!, Current = value },
                },
                $"{query.Object!.Kind} metric {name}",
                "FailedGetObjectMetric",
                "failed to get object metric value: "),
            _ => new(
                proposal,
                new MetricStatus { Type = spec.Type, External = new ExternalMetricStatus { Metric = spec.External!.Metric, Current = value } },
                $"external metric {name}",
                "FailedGetExternalMetric",
                $"failed to get {name} external metric value: "),
        };
    }

    private static MetricTarget TargetOf(MetricSpec spec) =>
        spec.Resource?.Target
            ?? spec.ContainerResource?.Target
            ?? spec.Pods?.Target
            ?? spec.Object?.Target
            ?? spec.External!.Target;

    private static ReplicaProposal Propose(
        MetricSpec spec,
        MetricsQuery query,
        MetricTarget target,
        MetricsAnswer answer,
        IReadOnlyList<Pod> pods,
        ReplicaCalculator calculator)
    {
        bool isResource = query.Api == MetricsApi.Resource;
        string subject = isResource
            ? $"failed to get {query.Metric} {(target.AverageUtilization is null ? "usage" : "utilization")}: "
            : "";
        if (answer.Error.Length > 0)
        {
            string what = query.Api switch
            {
                MetricsApi.Resource => $"unable to get metrics for resource {query.Metric}: ",
                MetricsApi.Pods => $"unable to get metric {query.Metric}: ",
                MetricsApi.Object =>
                    $"unable to get metric {query.Metric}: {query.Object!.Kind} on {query.Namespace} {query.Object.Name}/",
                _ => $"unable to get external metric {query.Namespace}/{query.Metric}/{SelectorText.Of(query.Series)}: ",
            };
            return ReplicaProposal.Failed(subject + what + answer.Error);
        }

        long average = target.AverageValue?.MilliValue ?? 0;
        ReplicaProposal proposal = query.Api is MetricsApi.Resource or MetricsApi.Pods
            ? calculator.ForPods(
                pods, answer.Pods, new(isResource ? query.Metric : "", query.Container, target.AverageUtilization, average))
            : calculator.ForValue(answer.Milli, target.Value?.MilliValue ?? average, target.Value is null, pods);
        return proposal.Error.Length > 0 ? ReplicaProposal.Failed(subject + proposal.Error) : proposal;
    }

    private static MetricValueStatus ValueOf(MetricSpec spec, MetricTarget target, ReplicaProposal proposal)
    {
        Quantity measured = Quantity.FromMilli(proposal.AverageMilli);
        bool isWhole = spec.Type is "Object" or "External" && target.Value is not null;
        return isWhole
            ? new MetricValueStatus { Value = measured }
            : new MetricValueStatus { AverageValue = measured, AverageUtilization = proposal.Utilization };
    }
}
