using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission.SystemPriorityClasses;

/// <summary>
/// Keeps the priority classes that the system itself runs with. Upstream has this in their storage, so no option turns
/// it off.
/// </summary>
internal sealed class SystemPriorityClassesPlugin : IAdmissionPlugin
{
    public string Name => "SystemPriorityClasses";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Delete;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        bool kept = context.Is("scheduling.k8s.io", "priorityclasses") && context.Request.Verb == "delete"
            && context.Request.Name is ("system-node-critical" or "system-cluster-critical");
        return new(kept ? context.Forbidden("this is a system priority class and cannot be deleted") : null);
    }
}
