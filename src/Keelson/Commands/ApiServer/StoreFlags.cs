using System.Collections.Immutable;
using Keelson.Cluster;
using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Store.Etcd;

namespace Keelson.Commands.ApiServer;

/// <summary>Where objects are kept.</summary>
internal sealed class StoreFlags(FlagSection flags)
{
    public Flag<string> DataDir { get; } = flags.Text("data-dir", "",
        "Keep objects in a store of this server's own, in this directory, instead of in etcd.");

    public Flag<IReadOnlyList<string>> Servers { get; } = flags.Texts("etcd-servers",
        "The members of the etcd cluster (scheme://ip:port).");

    public Flag<string> AuthorityFile { get; } = flags.Text(
        "etcd-cafile", "", "The authorities that etcd's certificates come from.");

    public Flag<string> CertificateFile { get; } = flags.Text("etcd-certfile", "", "The certificate to show to etcd.");

    public Flag<string> KeyFile { get; } = flags.Text("etcd-keyfile", "", "The key of --etcd-certfile.");

    public Flag<string> Prefix { get; } = flags.Text(
        "etcd-prefix", "/registry", "What the keys of all objects begin with.");

    public Flag<TimeSpan> CompactionInterval { get; } = flags.Duration("etcd-compaction-interval", TimeSpan.FromMinutes(5),
        "How often history is compacted, so that it goes back this far. 0 leaves that to others.");

    public Flag<string> Backend { get; } = flags.Text(
        "storage-backend", "", "The kind of store. Options: 'etcd3' (default).");

    public Flag<string> MediaType { get; } = flags.Text("storage-media-type", "application/vnd.kubernetes.protobuf",
        "The form in which objects are kept: application/json or application/vnd.kubernetes.protobuf. Custom resources are always "
        + "kept as JSON.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        if (Servers.Value.Count == 0 && DataDir.Value.Length == 0)
        {
            errors.Add("--etcd-servers must be specified (or --data-dir, for a store of the server's own)");
        }

        if (Servers.Value.Count > 0 && DataDir.Value.Length > 0)
        {
            errors.Add("--etcd-servers and --data-dir can not be specified together");
        }

        foreach (string server in Servers.Value)
        {
            if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            {
                errors.Add($"--etcd-servers: {server} is not a URL of the form scheme://ip:port");
            }
        }

        if (Backend.Value is not ("" or "etcd3"))
        {
            errors.Add($"--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3': {Backend.Value}");
        }

        if (MediaType.Value is not ("application/json" or "application/vnd.kubernetes.protobuf"))
        {
            errors.Add($"--storage-media-type \"{MediaType.Value}\" invalid, allowed values: application/json, "
                + "application/vnd.kubernetes.protobuf");
        }

        if (CertificateFile.Value.Length > 0 != KeyFile.Value.Length > 0)
        {
            errors.Add("--etcd-certfile and --etcd-keyfile must be specified together");
        }
    }

    /// <summary>The store, after a look at the files.</summary>
    /// <exception cref="FlagException">A file can't be read.</exception>
    public ServerStoreConfig ToConfig(ServerProcess process)
    {
        if (AuthorityFile.Value.Length > 0)
        {
            AuthorityFile.Read(PemFiles.ReadAuthorities);
        }

        if (CertificateFile.Value.Length > 0)
        {
            CertificateFile.Read(path => PemFiles.ReadPair(path, KeyFile.Value));
        }

        return new ServerStoreConfig
        {
            Etcd = Servers.Value.Count == 0 ? null : new EtcdStoreConfig
            {
                Servers = [.. Servers.Value.Select(server => server.TrimEnd('/')).Distinct(StringComparer.Ordinal)],
                AuthorityFile = OrNull(AuthorityFile),
                CertificateFile = OrNull(CertificateFile),
                KeyFile = OrNull(KeyFile),
                Prefix = Root,
                Time = process.Clock,
            },
            DataDirectory = OrNull(DataDir),
            CompactionInterval = CompactionInterval.Value,
            Clock = process.Clock,
            Log = process.Log,
            OnFatal = process.OnFatal,
        };
    }

    /// <summary>The prefix with one slash at its start and none at its end.</summary>
    public string Root => "/" + Prefix.Value.Trim('/');

    private static string? OrNull(Flag<string> flag) => flag.Value.Length > 0 ? flag.Value : null;
}
