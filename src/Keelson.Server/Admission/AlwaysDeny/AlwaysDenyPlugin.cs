using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission.AlwaysDeny;

/// <summary>Refuses every write.</summary>
internal sealed class AlwaysDenyPlugin : IAdmissionPlugin
{
    public string Name => "AlwaysDeny";

    public bool Handles(AdmissionOperation operation) => true;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(context.Forbidden("admission control is denying all modifications"));
}
