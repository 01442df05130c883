using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Quota = Keelson.Api.Core.V1.ResourceQuota;

namespace Keelson.Server.Admission.ResourceQuota;

/// <summary>Charges quotas with writes as they are admitted.</summary>
internal sealed class QuotaCharges(ObjectStorage storage, TimeProvider clock)
{
    private const string Server = "kube-apiserver";

    private static readonly UserInfo _nobody = new() { Name = "" };

    private readonly FieldOwnership _ownership = new();

    /// <summary>The quotas.</summary>
    public ObjectCache Cache { get; } = storage.CacheOf(ApiKinds.CoreV1ResourceQuota);

    /// <summary>Stores a quota's new status if the quota is still as it was read.</summary>
    public ValueTask<WriteOutcome> PutAsync(
        StoredObject stored, Quota changed, CancellationToken cancellationToken)
    {
        ApiRequest request = new()
        {
            User = _nobody,
            Kind = ApiKinds.CoreV1ResourceQuota,
            Verb = "update",
            Now = Time.Now(clock),
            Namespace = stored.Namespace,
            Name = stored.Name,
            Subresource = "status",
            FieldManager = Server,
        };
        IObject owned = _ownership.OnUpdate(request, stored.Record, changed);
        return storage.PutAsync(Cache, stored.Key, owned, stored.Revision, 0, cancellationToken);
    }
}
