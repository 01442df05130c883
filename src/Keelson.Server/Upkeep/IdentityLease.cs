using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Upkeep;

/// <summary>
/// The lease by which a server shows that it is there, named after its host. Leases of servers that are gone are
/// cleared away once they have run out, an hour later.
/// </summary>
internal sealed class IdentityLease(OwnObjects objects, IObjectLookup lookup, ApiServerConfig config)
{
    private const string Space = "kube-system";
    private const string Component = "kube-apiserver";
    private const string ComponentLabel = "apiserver.kubernetes.io/identity";
    private const int DurationSeconds = 3600;
    private static readonly TimeSpan ClearEvery = TimeSpan.FromSeconds(DurationSeconds);

    private readonly string _host = config.HostName;
    private readonly string _holder = $"{NameOf(config.HostName)}_{Guid.NewGuid()}";
    private long? _cleared;

    /// <summary>The name of the lease of a host: the first 16 bytes of the hash of its name in base 32.</summary>
    public static string NameOf(string host) =>
        "apiserver-" + Base32(SHA256.HashData(Encoding.UTF8.GetBytes(host)).AsSpan(0, 16));

    /// <summary>Renews the lease, and now and then clears others away.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        await objects.EnsureAsync<Lease>(
            ApiKinds.CoordinationV1Lease, Space, NameOf(_host), Renewed, cancellationToken);
        if (_cleared is not { } before || config.Clock.GetElapsedTime(before) >= ClearEvery)
        {
            _cleared = config.Clock.GetTimestamp();
            await ClearAsync(cancellationToken);
        }
    }

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        StringBuilder text = new();
        int buffer = 0;
        int bits = 0;
        foreach (byte one in bytes)
        {
            buffer = (buffer << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return (bits == 0 ? text : text.Append(Alphabet[(buffer << (5 - bits)) & 31])).ToString();
    }

    private Lease Renewed(Lease? there)
    {
        there ??= new Lease { Spec = new LeaseSpec { HolderIdentity = _holder, LeaseDurationSeconds = DurationSeconds } };
        ApiMap<string> labels = there.Metadata.Labels.With(ComponentLabel, Component).With(
            "kubernetes.io/hostname", _host);
        return there with
        {
            Metadata = there.Metadata with { Labels = labels },
            Spec = there.Spec with { RenewTime = new MicroTime(config.Clock.GetUtcNow()) },
        };
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = config.Clock.GetUtcNow();
        Lease[] over =
        [
            .. lookup.List<Lease>(Space).Where(lease => lease.Metadata.Labels.GetValueOrDefault(ComponentLabel) == Component
                && !(lease.Spec is { RenewTime: { } renewed, LeaseDurationSeconds: { } seconds } && renewed.Instant.AddSeconds(seconds) >= now)),
        ];
        foreach (Lease lease in over)
        {
            await objects.DeleteAsync(ApiKinds.CoordinationV1Lease, Space, lease.Metadata.Name, cancellationToken);
        }
    }
}
