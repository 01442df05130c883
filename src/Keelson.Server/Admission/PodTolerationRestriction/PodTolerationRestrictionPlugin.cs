using System.Text;
using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Admission.Tolerations;

namespace Keelson.Server.Admission.PodTolerationRestriction;

/// <summary>Gives pods the tolerations that their namespace's annotation lists, and refuses those it does not
/// allow.</summary>
internal sealed class PodTolerationRestrictionPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Defaults = "scheduler.alpha.kubernetes.io/defaultTolerations";
    private const string Allowed = "scheduler.alpha.kubernetes.io/tolerationsWhitelist";

    /// <summary>Pods that were promised some memory stay where memory is short.</summary>
    private static readonly Toleration MemoryPressure = new()
    {
        Key = "node.kubernetes.io/memory-pressure",
        Operator = TolerationOperator.Exists,
        Effect = TaintEffect.NoSchedule,
    };

    public string Name => "PodTolerationRestriction";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod pod)
        {
            return new((Status?)null);
        }

        ApiList<Toleration> added = default;
        if (context.Operation == AdmissionOperation.Create)
        {
            if (!Read(context, Defaults).TryGet(out Listed? listed, out Status? error))
            {
                return new(error);
            }

            added = listed.Tolerations;
        }

        if (PodResources.ComputeQosClass(pod.Spec) != PodQOSClass.BestEffort)
        {
            added = added.Add(MemoryPressure);
        }

        if (added.Count > 0)
        {
            context.Object = pod with
            {
                Spec = pod.Spec with { Tolerations = TolerationMerge.Of(pod.Spec.Tolerations, added) },
            };
        }

        return ValidateAsync(context, cancellationToken);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "pods") || context.Object is not Pod { Spec.Tolerations.Count: > 0 } pod)
        {
            return new((Status?)null);
        }

        if (!Read(context, Allowed).TryGet(out Listed? allowed, out Status? error))
        {
            return new(error);
        }

        bool passes = allowed.Tolerations.Count == 0
            || pod.Spec.Tolerations.All(one => allowed.Tolerations.Any(wide => TolerationMerge.Covers(wide, one)));
        return new(passes
            ? null
            : ApiErrors.Unclassified(
                "pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist"));
    }

    /// <summary>The tolerations that an annotation of the namespace lists as JSON.</summary>
    private ApiResult<Listed> Read(AdmissionContext context, string annotation)
    {
        string text = lookup.Find<Namespace>("", context.Request.Namespace)?.Metadata.Annotations
            .GetValueOrDefault(annotation) ?? "";
        if (text.Length == 0)
        {
            return new Listed(default);
        }

        try
        {
            byte[] pod = Encoding.UTF8.GetBytes($"{{\"spec\":{{\"tolerations\":{text}}}}}");
            return new Listed(((Pod)ApiKinds.CoreV1Pod.DecodeJson(pod)).Spec.Tolerations);
        }
        catch (Exception exception) when (exception is DecodeException or JsonException)
        {
            return ApiErrors.Unclassified(exception.Message);
        }
    }

    private sealed record Listed(ApiList<Toleration> Tolerations);
}
