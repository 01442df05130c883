using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PersistentVolumeClaimResize;

/// <summary>Lets a claim grow only when it is bound and its storage class says that it may.</summary>
internal sealed class PersistentVolumeClaimResizePlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    public string Name => "PersistentVolumeClaimResize";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (!context.Is("", "persistentvolumeclaims")
            || context.Object is not PersistentVolumeClaim claim || context.OldObject is not PersistentVolumeClaim old
            || Size(claim) <= Size(old))
        {
            return new((Status?)null);
        }

        if (old.Status.Phase != "Bound")
        {
            return new(Refuse(claim, "Only bound persistent volume claims can be expanded"));
        }

        StorageClass? storageClass = claim.Spec.StorageClassName is { Length: > 0 } name ? lookup.Find<StorageClass>("", name) : null;
        return new(storageClass?.AllowVolumeExpansion == true
            ? null
            : Refuse(claim, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"));
    }

    private static Quantity Size(PersistentVolumeClaim claim) => claim.Spec.Resources.Requests.GetValueOrDefault("storage");

    private static Status Refuse(PersistentVolumeClaim claim, string reason) =>
        ApiErrors.Forbidden("", "persistentvolumeclaims", claim.Metadata.Name, reason);
}
