using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using V2Condition = Keelson.Api.Autoscaling.V2.HorizontalPodAutoscalerCondition;
using V2MetricSpec = Keelson.Api.Autoscaling.V2.MetricSpec;
using V2MetricStatus = Keelson.Api.Autoscaling.V2.MetricStatus;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>
/// This version knows one metric, CPU use. What else the stored version holds travels in annotations, so that nothing
/// is lost for a client that reads and writes this one.
/// </summary>
public sealed partial record HorizontalPodAutoscaler
{
    private const string MetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";
    private const string CurrentMetricsAnnotation = "autoscaling.alpha.kubernetes.io/current-metrics";
    private const string BehaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior";
    private const string ConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";

    /// <inheritdoc/>
    public static V2.HorizontalPodAutoscaler ToStored(HorizontalPodAutoscaler obj)
    {
        ApiMap<string> annotations = obj.Metadata.Annotations;
        CrossVersionObjectReference target = obj.Spec.ScaleTargetRef;
        V2.HorizontalPodAutoscalerBehavior? behavior =
            AutoscalerAnnotations.ReadBehavior(annotations.GetValueOrDefault(BehaviorAnnotation));
        return new()
        {
            Metadata = WithoutCarried(obj.Metadata),
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = target.Kind, Name = target.Name, ApiVersion = target.ApiVersion },
                MinReplicas = obj.Spec.MinReplicas,
                MaxReplicas = obj.Spec.MaxReplicas,
                Metrics = StoredMetrics(obj.Spec.TargetCPUUtilizationPercentage, annotations),
                Behavior = behavior is null ? null : V2.HorizontalPodAutoscaler.WithBothDirections(behavior),
            },
            Status = StoredStatus(obj.Status, annotations),
        };
    }

    /// <inheritdoc/>
    public static HorizontalPodAutoscaler FromStored(V2.HorizontalPodAutoscaler stored)
    {
        V2.CrossVersionObjectReference target = stored.Spec.ScaleTargetRef;
        return new()
        {
            Metadata = WithCarried(stored),
            Spec = new()
            {
                ScaleTargetRef = new() { Kind = target.Kind, Name = target.Name, ApiVersion = target.ApiVersion },
                MinReplicas = stored.Spec.MinReplicas,
                MaxReplicas = stored.Spec.MaxReplicas,
                TargetCPUUtilizationPercentage =
                    stored.Spec.Metrics.FirstOrDefault(IsCpuUtilization)?.Resource?.Target.AverageUtilization,
            },
            Status = new()
            {
                ObservedGeneration = stored.Status.ObservedGeneration,
                LastScaleTime = stored.Status.LastScaleTime,
                CurrentReplicas = stored.Status.CurrentReplicas,
                DesiredReplicas = stored.Status.DesiredReplicas,
                CurrentCPUUtilizationPercentage = stored.Status.CurrentMetrics
                    .LastOrDefault(static one => one is
                    {
                        Type: V2.MetricSourceType.Resource,
                        Resource: { Name: ResourceName.Cpu, Current.AverageUtilization: not null },
                    })?.Resource?.Current.AverageUtilization,
            },
        };
    }

    private static bool IsCpuUtilization(V2MetricSpec metric) => metric is
    {
        Type: V2.MetricSourceType.Resource,
        Resource: { Name: ResourceName.Cpu, Target.AverageUtilization: not null },
    };

    /// <summary>The metrics of the annotation, then CPU use; CPU use at its default where there is neither.</summary>
    private static ApiList<V2MetricSpec> StoredMetrics(int? cpuUtilization, ApiMap<string> annotations)
    {
        List<V2MetricSpec> metrics =
            AutoscalerAnnotations.ReadMetrics(annotations.GetValueOrDefault(MetricsAnnotation)) ?? [];
        if (cpuUtilization is { } utilization)
        {
            metrics.Add(V2.HorizontalPodAutoscaler.CpuMetric(utilization));
        }

        if (metrics.Count == 0)
        {
            metrics.Add(V2.HorizontalPodAutoscaler.CpuMetric(V2.HorizontalPodAutoscaler.DefaultCpuUtilization));
        }

        return metrics.ToApiList();
    }

    private static V2.HorizontalPodAutoscalerStatus StoredStatus(
        HorizontalPodAutoscalerStatus status, ApiMap<string> annotations)
    {
        ApiList<V2MetricStatus> current = default;
        string? text = annotations.GetValueOrDefault(CurrentMetricsAnnotation);
        if (AutoscalerAnnotations.ReadCurrentMetrics(text) is { } carried)
        {
            current = carried.ToApiList();
        }
        else if (status.CurrentCPUUtilizationPercentage is { } utilization)
        {
            current =
            [
                new()
                {
                    Type = V2.MetricSourceType.Resource,
                    Resource = new() { Name = ResourceName.Cpu, Current = new() { AverageUtilization = utilization } },
                },
            ];
        }

        return new()
        {
            ObservedGeneration = status.ObservedGeneration,
            LastScaleTime = status.LastScaleTime,
            CurrentReplicas = status.CurrentReplicas,
            DesiredReplicas = status.DesiredReplicas,
            CurrentMetrics = current,
            Conditions = AutoscalerAnnotations.ReadConditions(annotations.GetValueOrDefault(ConditionsAnnotation)),
        };
    }

    private static ObjectMeta WithoutCarried(ObjectMeta metadata)
    {
        ApiMap<string> annotations = metadata.Annotations
            .Without(MetricsAnnotation)
            .Without(CurrentMetricsAnnotation)
            .Without(BehaviorAnnotation)
            .Without(ConditionsAnnotation);
        return annotations.Count == metadata.Annotations.Count ? metadata : metadata with { Annotations = annotations };
    }

    private static ObjectMeta WithCarried(V2.HorizontalPodAutoscaler stored)
    {
        ObjectMeta metadata = WithoutCarried(stored.Metadata);
        ApiMap<string> annotations = metadata.Annotations;
        ApiList<V2MetricSpec> others = stored.Spec.Metrics.Where(static one => !IsCpuUtilization(one)).ToApiList();
        if (others.Count > 0)
        {
            annotations = annotations.With(MetricsAnnotation, AutoscalerAnnotations.Write(others));
        }

        if (stored.Status.CurrentMetrics.Count > 0)
        {
            annotations = annotations.With(
                CurrentMetricsAnnotation, AutoscalerAnnotations.Write(stored.Status.CurrentMetrics));
        }

        if (stored.Spec.Behavior is { } behavior)
        {
            annotations = annotations.With(
                BehaviorAnnotation, UnversionedText.Of(behavior, V2.HorizontalPodAutoscalerBehavior.WireSchema));
        }

        if (stored.Status.Conditions.Count > 0)
        {
            JsonBuffer json = new();
            json.Value<V2Condition>(stored.Status.Conditions);
            annotations = annotations.With(ConditionsAnnotation, Encoding.UTF8.GetString(json.Written));
        }

        return annotations.Count == metadata.Annotations.Count ? metadata : metadata with { Annotations = annotations };
    }
}
