using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.DenyServiceExternalIPs;

/// <summary>Lets services keep the external addresses that they have, and take no more.</summary>
internal sealed class DenyServiceExternalIPsPlugin : IAdmissionPlugin
{
    public string Name => "DenyServiceExternalIPs";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "services") || context.Object is not Service service)
        {
            return new((Status?)null);
        }

        ApiList<string> before = (context.OldObject as Service)?.Spec.ExternalIPs ?? default;
        return new(service.Spec.ExternalIPs.Except(before).Any()
            ? context.Forbidden("Use of external IPs is denied by admission control")
            : null);
    }
}
