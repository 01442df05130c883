using Keelson.Api.Core.V1;
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
            return new(context.Forbidden("Only bound persistent volume claims can be expanded"));
        }

        string name = ClassOf(claim);
        StorageClass? storageClass = name.Length > 0 && name == ClassOf(old)
            ? lookup.Find<StorageClass>("", name)
            : null;
        return new(storageClass?.AllowVolumeExpansion == true
            ? null
            : context.Forbidden("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"));
    }

    private static string ClassOf(PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class")
            ?? claim.Spec.StorageClassName
            ?? "";

    private static Quantity Size(PersistentVolumeClaim claim) =>
        claim.Spec.Resources.Requests.GetValueOrDefault("storage");
}
