using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Storage;
using Keelson.Store;

namespace Keelson.Server.Services;

/// <summary>
/// The API servers that are there, each a key under <c>masterleases</c> that goes away when its server does: an
/// Endpoints object with the server's address, in the form that every other server on the store reads.
/// </summary>
internal sealed class ServerLeases(ObjectStorage storage, ApiServerConfig config)
{
    // Three times the interval of renewals, less what one renewal may be late: upstream's figures.
    private const long TimeToLiveSeconds = 15;

    private readonly IStore _store = storage.Store;
    private readonly string _prefix = storage.Root + "/masterleases/";
    private long _lease;

    private string OwnKey => _prefix + config.AdvertiseAddress;

    /// <summary>Shows that this server is there.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        bool isAlive = _lease != 0
            && (await _store.Leases.KeepAliveAsync(_lease, cancellationToken)).Outcome == StoreOutcome.Ok
            && (await _store.GetAsync(OwnKey, 0, cancellationToken)).Item?.Lease == _lease;
        if (isAlive)
        {
            return;
        }

        LeaseResult granted = await _store.Leases.GrantAsync(TimeToLiveSeconds, 0, cancellationToken);
        Endpoints own = new()
        {
            Metadata = ObjectMeta.Empty with { Generation = 1 },
            Subsets =
                [new EndpointSubset { Addresses = [new EndpointAddress { Ip = config.AdvertiseAddress.ToString() }] }],
        };
        _lease = granted.Id;
        await _store.PutAsync(OwnKey, storage.Encode(ApiKinds.CoreV1Endpoints, own), _lease, cancellationToken);
    }

    /// <summary>The addresses of the servers that are there, in the order of their keys.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        RangeResult found = await _store.RangeAsync(new RangeRequest(KeyRange.Prefix(_prefix)), cancellationToken);
        return
        [
            .. found.Items.Select(item => (Endpoints)storage.Decode(ApiKinds.CoreV1Endpoints, item.Value))
                .Select(one => one.Subsets is [{ Addresses: [{ Ip: { Length: > 0 } address }, ..] }, ..] ? address : "")
                .Where(address => address.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Shows that this server is gone.</summary>
    public async Task RevokeAsync()
    {
        if (_lease != 0)
        {
            await _store.Leases.RevokeAsync(_lease, CancellationToken.None);
            _lease = 0;
        }
    }
}
