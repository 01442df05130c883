using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;

namespace Keelson.Server.Admission.StorageObjectInUseProtection;

/// <summary>Puts the finalizers on volumes and claims that keep them while they are in use.</summary>
internal sealed class StorageObjectInUseProtectionPlugin : IAdmissionPlugin
{
    public string Name => "StorageObjectInUseProtection";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Request.Subresource.Length > 0)
        {
            return new((Status?)null);
        }

        string? finalizer = context.Object switch
        {
            PersistentVolume => "kubernetes.io/pv-protection",
            PersistentVolumeClaim => "kubernetes.io/pvc-protection",
            VolumeAttributesClass => "kubernetes.io/vac-protection",
            _ => null,
        };
        if (finalizer is not null && context.Object is { } obj && !obj.Metadata.Finalizers.Contains(finalizer))
        {
            context.Object = obj.WithMetadata(
                obj.Metadata with { Finalizers = obj.Metadata.Finalizers.Add(finalizer) });
        }

        return new((Status?)null);
    }
}
