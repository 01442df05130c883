using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.DefaultTolerationSeconds;

/// <summary>Lets pods stay for five minutes on a node that is not ready or out of reach, unless they say
/// otherwise.</summary>
internal sealed class DefaultTolerationSecondsPlugin : IAdmissionPlugin
{
    private const long Seconds = 300;

    public string Name => "DefaultTolerationSeconds";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Is("", "pods") && context.Object is Pod pod)
        {
            ApiList<Toleration> tolerations = pod.Spec.Tolerations;
            foreach (string taint in (ReadOnlySpan<string>)["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
            {
                if (!Tolerates(pod.Spec.Tolerations, taint))
                {
                    tolerations = tolerations.Add(new Toleration { Key = taint, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = Seconds });
                }
            }

            if (tolerations.Count != pod.Spec.Tolerations.Count)
            {
                context.Object = pod with { Spec = pod.Spec with { Tolerations = tolerations } };
            }
        }

        return new((Status?)null);
    }

    private static bool Tolerates(ApiList<Toleration> tolerations, string taint) =>
        tolerations.Any(one => (one.Key == taint || (one.Key.Length == 0 && one.Operator == "Exists")) && (one.Effect is "" or "NoExecute"));
}
