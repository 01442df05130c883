using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;

namespace Keelson.Server.Admission.DefaultStorageClass;

/// <summary>Gives claims that name no storage class the default one: the youngest of those marked as such.</summary>
internal sealed class DefaultStorageClassPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Mark = "storageclass.kubernetes.io/is-default-class";
    private const string BetaMark = "storageclass.beta.kubernetes.io/is-default-class";
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public string Name => "DefaultStorageClass";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Is("", "persistentvolumeclaims") && context.Object is PersistentVolumeClaim { Spec.StorageClassName: null } claim
            && !claim.Metadata.Annotations.ContainsKey(ClassAnnotation) && Default() is { } name)
        {
            context.Object = claim with { Spec = claim.Spec with { StorageClassName = name } };
        }

        return new((Status?)null);
    }

    private string? Default() => lookup.List<StorageClass>()
        .Where(one => one.Metadata.Annotations.GetValueOrDefault(Mark) == "true" || one.Metadata.Annotations.GetValueOrDefault(BetaMark) == "true")
        .OrderByDescending(one => one.Metadata.CreationTimestamp)
        .ThenBy(one => one.Metadata.Name, StringComparer.Ordinal)
        .FirstOrDefault()?.Metadata.Name;
}
