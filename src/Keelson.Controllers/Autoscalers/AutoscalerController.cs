using System.Collections.Concurrent;
using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Jobs;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;
using Scale = Keelson.Api.Autoscaling.V1.Scale;
using CrossVersionObjectReference = Keelson.Api.Autoscaling.V2.CrossVersionObjectReference;
using HorizontalPodAutoscaler = Keelson.Api.Autoscaling.V2.HorizontalPodAutoscaler;
using HorizontalPodAutoscalerStatus = Keelson.Api.Autoscaling.V2.HorizontalPodAutoscalerStatus;

namespace Keelson.Controllers.Autoscalers;

/// <summary>Sizes workloads by what their pods use.</summary>
internal sealed class AutoscalerController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IMetricsSource _metrics;
    private readonly IInformer<HorizontalPodAutoscaler> _autoscalers;
    private readonly IInformer<Pod> _pods;
    private readonly ReconcileLoop _loop;
    private readonly ConcurrentDictionary<ObjectKey, ScalingHistory> _histories = new();

    public AutoscalerController(ControllerContext context, IMetricsSource metrics)
    {
        _context = context;
        _metrics = metrics;
        _autoscalers = context.Informers.Of<HorizontalPodAutoscaler>();
        _pods = context.Informers.Of<Pod>();
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_autoscalers, static (old, now) =>
                old is not null && now is not null && old.Spec.Equals(now.Spec) ? [] : [ObjectKey.Of((now ?? old)!)])
            .Reads(_pods);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_autoscalers.Find(key.Namespace, key.Name) is not { } one)
        {
            _histories.TryRemove(key, out _);
            return Reconciled.Done;
        }

        Time now = Time.Now(_context.Clock);
        CrossVersionObjectReference target = one.Spec.ScaleTargetRef;
        ApiKind? kind = ApiKinds.All.FirstOrDefault(
            it => it.Info.Kind == target.Kind && it.Info.ApiVersion == target.ApiVersion);
        (Scale? scale, string error) = await ScaleOfAsync(kind, key.Namespace, target, client, cancellationToken);
        HorizontalPodAutoscalerStatus status;
        if (scale is null)
        {
            _context.Events.Warning(one, "FailedGetScale", error);
            status = AutoscalerPlan.With(
                one.Status, "AbleToScale", "False", "FailedGetScale", "the HPA controller was unable to get the target's current scale: " + error, now);
            return await WriteStatusAsync(one, status, client, cancellationToken);
        }

        status = AutoscalerPlan.With(
            one.Status, "AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale", now);
        HorizontalPodAutoscaler seen = one with { Status = status };
        int current = scale.Spec.Replicas;
        ScalingHistory history = _histories.GetOrAdd(key, static _ => new());
        AutoscalerPlan plan = AutoscalerPlan.WithoutMetrics(seen, current, now)
            ?? await ByMetricsAsync(seen, scale, history, now, cancellationToken);
        foreach (JobEvent it in plan.Events)
        {
            _context.Events.Record(one, it.Type, it.Reason, it.Message);
        }

        status = plan.Status;
        if (plan.Reason.Length > 0)
        {
            Scale wanted = scale with { Spec = scale.Spec with { Replicas = plan.Desired } };
            ApiResult<IObject> written = await client.UpdateAsync(
                new ObjectPath(kind!, key.Namespace, target.Name, "scale"), wanted, WriteRequest.Default, cancellationToken);
            status = Rescaled(one, plan, written.Error, now);
            if (written.Error is null)
            {
                history.Changed(plan.Desired - current, now.Instant);
            }
        }

        return await WriteStatusAsync(one, status, client, cancellationToken);
    }

    private HorizontalPodAutoscalerStatus Rescaled(
        HorizontalPodAutoscaler one, AutoscalerPlan plan, Status? failed, Time now)
    {
        if (failed is not null)
        {
            _context.Events.Warning(
                one, "FailedRescale", $"New size: {plan.Desired}; reason: {plan.Reason}; error: {failed.Message}");
            return AutoscalerPlan.With(
                plan.Status with { DesiredReplicas = one.Status.DesiredReplicas },
                "AbleToScale",
                "False",
                "FailedUpdateScale",
                "the HPA controller was unable to update the target scale: " + failed.Message,
                now);
        }

        _context.Events.Normal(one, "SuccessfulRescale", $"New size: {plan.Desired}; reason: {plan.Reason}");
        return AutoscalerPlan.With(
            plan.Status with { DesiredReplicas = plan.Desired, LastScaleTime = now },
            "AbleToScale",
            "True",
            "SucceededRescale",
            $"the HPA controller was able to update the target scale to {plan.Desired}",
            now);
    }

    private async Task<AutoscalerPlan> ByMetricsAsync(
        HorizontalPodAutoscaler one, Scale scale, ScalingHistory history, Time now, CancellationToken cancellationToken)
    {
        int current = scale.Spec.Replicas;
        string text = scale.Status.Selector;
        if (text.Length == 0 || !LabelMatcher.TryParse(text, out LabelMatcher? selector, out _))
        {
            const string Missing = "the HPA target's scale is missing a selector";
            HorizontalPodAutoscalerStatus invalid = AutoscalerPlan.With(
                one.Status, "ScalingActive", "False", "InvalidSelector", Missing, now);
            return new(current, "", invalid, [new("Warning", "SelectorRequired", "selector is required")]);
        }

        Pod[] pods = [.. _pods.List(one.Metadata.Namespace).Where(pod => selector.Matches(pod.Metadata.Labels))];
        ReplicaCalculator calculator = new(current, TolerancesOf(one.Spec.Behavior), now.Instant);
        List<MetricJudgement> judged = [];
        foreach (MetricSpec spec in one.Spec.Metrics.ToArray())
        {
            MetricsQuery query = MetricJudgement.QueryOf(spec, one.Metadata.Namespace, text);
            MetricsAnswer answer = await _metrics.FetchAsync(query, cancellationToken);
            judged.Add(MetricJudgement.Of(spec, query, answer, pods, calculator));
        }

        return AutoscalerPlan.ByMetrics(one, current, judged, history, now);
    }

    /// <summary>A tenth (<c>--horizontal-pod-autoscaler-tolerance</c>), unless the behaviour says otherwise.</summary>
    private static Tolerances TolerancesOf(HorizontalPodAutoscalerBehavior? behavior)
    {
        static double Of(HPAScalingRules? rules) => rules?.Tolerance is { } own ? own.MilliValue / 1000.0 : 0.1;
        return new(Of(behavior?.ScaleUp), Of(behavior?.ScaleDown));
    }

    private static async Task<(Scale? Scale, string Error)> ScaleOfAsync(
        ApiKind? kind, string @namespace, CrossVersionObjectReference target, IApiClient client, CancellationToken cancellationToken)
    {
        if (kind is null)
        {
            int slash = target.ApiVersion.IndexOf('/', StringComparison.Ordinal);
            string group = slash < 0 ? "" : target.ApiVersion[..slash];
            return (null, $"unable to determine resource for scale target reference: no matches for kind \"{target.Kind}\" in group \"{group}\"");
        }

        ApiResult<IObject> read = await client.GetAsync(
            new ObjectPath(kind, @namespace, target.Name, "scale"), cancellationToken);
        return read.Error is { } refused
            ? (null, refused.Message)
            : (read.Value as Scale, "the server could not find the requested resource");
    }

    private async Task<Reconciled> WriteStatusAsync(
        HorizontalPodAutoscaler one, HorizontalPodAutoscalerStatus status, IApiClient client, CancellationToken cancellationToken)
    {
        if (!status.Equals(one.Status))
        {
            ApiResult<HorizontalPodAutoscaler> written = await client.UpdateStatusAsync(
                one with { Status = status }, cancellationToken);
            if (written.Error is { Code: not 404 } refused)
            {
                return Reconciled.Failed(refused);
            }
        }

        return Reconciled.Again(_context.Config.AutoscalerSyncPeriod);
    }
}
