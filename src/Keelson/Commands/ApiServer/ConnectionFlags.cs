using System.Security.Cryptography.X509Certificates;
using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Machinery.Validation;
using Keelson.Server;
using Keelson.Server.Authentication;

namespace Keelson.Commands.ApiServer;

/// <summary>How the server speaks to kubelets and to extension servers.</summary>
internal sealed class ConnectionFlags(FlagSection flags)
{
    private static readonly string[] AddressTypes =
        ["Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"];

    public Flag<string> KubeletAuthorities { get; } = flags.Text("kubelet-certificate-authority", "",
        "The authorities that vouch for kubelets. Without it whatever a kubelet shows is taken.");

    public Flag<string> KubeletCertificate { get; } = flags.Text("kubelet-client-certificate", "",
        "The certificate to show to kubelets. Read anew when it changes.");

    public Flag<string> KubeletKey { get; } = flags.Text(
        "kubelet-client-key", "", "The key of --kubelet-client-certificate.");

    public Flag<IReadOnlyList<string>> KubeletAddressTypes { get; } = flags.Of("kubelet-preferred-address-types", FlagForms.Texts,
        AddressTypes, "The types of node addresses to reach kubelets at, in order of preference.");

    public Flag<TimeSpan> KubeletTimeout { get; } = flags.Duration("kubelet-timeout", TimeSpan.FromSeconds(5),
        "How long to wait for a kubelet.");

    public Flag<string> ProxyCertificate { get; } = flags.Text("proxy-client-cert-file", "",
        "The certificate to show to extension servers. Read anew when it changes.");

    public Flag<string> ProxyKey { get; } = flags.Text(
        "proxy-client-key-file", "", "The key of --proxy-client-cert-file.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        foreach ((Flag<string> certificate, Flag<string> key) in ((Flag<string>, Flag<string>)[])
            [(KubeletCertificate, KubeletKey), (ProxyCertificate, ProxyKey)])
        {
            if (certificate.Value.Length > 0 != key.Value.Length > 0)
            {
                errors.Add($"--{certificate.Name} and --{key.Name} must be specified together");
            }
        }

        errors.AddRange(KubeletAddressTypes.Value.Where(type => !AddressTypes.Contains(type))
            .Select(type => $"--kubelet-preferred-address-types: {GoText.Quote(type)} is no type of node address; there are {string.Join(", ", AddressTypes)}"));
    }

    /// <summary>The certificate for kubelets.</summary>
    public Func<X509Certificate2?> KubeletClient(ServerProcess process) =>
        Pair(KubeletCertificate, KubeletKey, process);

    /// <summary>The certificate for extension servers.</summary>
    public Func<X509Certificate2?> ProxyClient(ServerProcess process) => Pair(ProxyCertificate, ProxyKey, process);

    /// <summary>How kubelets are reached.</summary>
    public KubeletConfig Kubelets(ServerProcess process)
    {
        FileContent<CertificateAuthorities>? authorities = KubeletAuthorities.Follow(PemFiles.ReadAuthorities, process);
        return new KubeletConfig
        {
            Authorities = authorities is null ? null : () => authorities.Current,
            PreferredAddressTypes = KubeletAddressTypes.Value,
            Timeout = KubeletTimeout.Value,
        };
    }

    private static Func<X509Certificate2?> Pair(Flag<string> certificate, Flag<string> key, ServerProcess process)
    {
        if (certificate.Value.Length == 0)
        {
            return static () => null;
        }

        FileContent<X509Certificate2> content = certificate.Read(path => new FileContent<X509Certificate2>(
            [path, key.Value], () => PemFiles.ReadPair(path, key.Value), process.Clock, process.Log));
        return () => content.Current;
    }
}
