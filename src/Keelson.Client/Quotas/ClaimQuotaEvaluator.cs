using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Client.Quotas;

/// <summary>Claims of volumes: their count and the storage they ask for, in all and by storage class.</summary>
internal sealed class ClaimQuotaEvaluator(KindInfo kind) : QuotaEvaluator(kind)
{
    private const string Storage = "requests.storage";
    private const string ClassStorage = ".storageclass.storage.k8s.io/requests.storage";
    private const string ClassCount = ".storageclass.storage.k8s.io/persistentvolumeclaims";

    public override bool Handles(bool isCreate, string subresource) =>
        subresource.Length == 0;

    public override bool Measures(string name) =>
        name == Storage
        || name.EndsWith(ClassStorage, StringComparison.Ordinal)
        || name.EndsWith(ClassCount, StringComparison.Ordinal)
        || base.Measures(name);

    public override bool InScope(IObject obj, string scope, string @operator, ApiList<string> values) =>
        scope == "VolumeAttributesClass"
        && Selects(((PersistentVolumeClaim)obj).Spec.VolumeAttributesClassName ?? "", @operator, values);

    public override QuotaAmounts Usage(IObject obj)
    {
        PersistentVolumeClaim claim = (PersistentVolumeClaim)obj;
        QuotaAmounts usage = base.Usage(obj);
        string @class = claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class")
            ?? claim.Spec.StorageClassName
            ?? "";
        if (@class.Length > 0)
        {
            usage[@class + ClassCount] = Quantity.FromValue(1);
        }

        if (claim.Spec.Resources.Requests.TryGetValue("storage", out Quantity size))
        {
            if (claim.Status.AllocatedResources.TryGetValue("storage", out Quantity allocated) && allocated > size)
            {
                size = allocated;
            }

            usage[Storage] = size;
            if (@class.Length > 0)
            {
                usage[@class + ClassStorage] = size;
            }
        }

        return usage;
    }
}
