using System.Net;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Files;
using Keelson.Commands.ApiServer;
using Keelson.Flags;
using Keelson.Server.Authentication;
using Keelson.Server.Components;

namespace Keelson.Commands.Components;

/// <summary>Where a component serves its health and metrics, and who may see them.</summary>
internal sealed class ComponentServingFlags
{
    private readonly SecureServingFlags _serving;
    private readonly Flag<string> _authentication;
    private readonly Flag<string> _clientAuthorities;
    private readonly Flag<string> _authorization;
    private readonly Flag<IReadOnlyList<string>> _open;

    public ComponentServingFlags(FlagSet set, int port)
    {
        _serving = new(set.Section("Secure serving"), new(port, "", MayBeOff: true));
        FlagSection authentication = set.Section("Authentication");
        _authentication = authentication.Text("authentication-kubeconfig", "",
            "The kubeconfig of who may look tokens up; without it all are anonymous.");
        _clientAuthorities = authentication.Text("client-ca-file", "",
            "The authorities that vouch for clients; without it those that the API server publishes.");
        FlagSection authorization = set.Section("Authorization");
        _authorization = authorization.Text("authorization-kubeconfig", "",
            "The kubeconfig of who may ask what users may do; without it only masters see what is not open to all.");
        _open = authorization.Of(
            "authorization-always-allow-paths", FlagForms.Texts, ["/healthz", "/readyz", "/livez"],
            "Paths that everybody may read.");
    }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        _serving.Validate(errors);
        errors.AddRange(_open.Value.Where(static path => path.Length > 0 && path.TrimEnd('*').Contains('*'))
            .Select(static path => $"invalid path: {path}"));
    }

    /// <summary>What is to be served; null for nothing.</summary>
    /// <param name="process">The process.</param>
    /// <param name="behaviour">How clients behave.</param>
    /// <param name="configz">What /configz shows.</param>
    /// <exception cref="FlagException">A file can't be read, or the port is taken.</exception>
    public ComponentServerConfig? ToConfig(ServerProcess process, HttpsClientConfig behaviour, string configz)
    {
        if (_serving.SecurePort.Value == 0)
        {
            return null;
        }

        _serving.CheckPort();
        IPAddress address = _serving.BindAddress.Value ?? IPAddress.Any;
        bool isAny = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        FileContent<CertificateAuthorities>? authorities = _clientAuthorities.Follow(
            static path => CertificateAuthorities.FromPem(PemFiles.ReadText(path)), process);
        return new()
        {
            BindAddress = address,
            Port = _serving.SecurePort.Value,
            Certificates = _serving.Certificates(process, isAny ? IPAddress.Loopback : address, ["localhost"]),
            Tls = _serving.Tls(process),
            ClientAuthorities = authorities is null ? null : () => authorities.Current,
            Authentication = ClientOf(_authentication, behaviour),
            Authorization = ClientOf(_authorization, behaviour),
            AlwaysAllowPaths = _open.Value,
            Configz = configz,
            Clock = process.Clock,
        };
    }

    /// <summary>A client for a flag's kubeconfig, which lives as long as the process; null when there is
    /// none.</summary>
    private static HttpsApiClient? ClientOf(Flag<string> flag, HttpsClientConfig behaviour)
    {
        try
        {
            return flag.Value.Length == 0
                ? null
                : HttpsApiClient.Of(KubeconfigReader.ReadFile(flag.Value), behaviour with { Qps = 0 });
        }
        catch (KubeconfigException exception)
        {
            throw new FlagException($"--{flag.Name}: {exception.Message}", exception);
        }
    }
}
