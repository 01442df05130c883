using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Server.Authentication;

namespace Keelson.Commands.ApiServer;

/// <summary>Where and how the server listens.</summary>
internal sealed class SecureServingFlags(FlagSection flags, ListenerDefaults defaults)
{
    // The older versions by number: naming them is deprecated, offering them is the operator's choice.
    private const SslProtocols Tls10 = (SslProtocols)0xC0;
    private const SslProtocols Tls11 = (SslProtocols)0x300;

    private static readonly (string Name, SslProtocols Protocols)[] Versions =
    [
        ("VersionTLS10", Tls10 | Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13),
        ("VersionTLS11", Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13),
        ("VersionTLS12", SslProtocols.Tls12 | SslProtocols.Tls13),
        ("VersionTLS13", SslProtocols.Tls13),
    ];

    private static readonly TlsCipherSuite[] SuitesOfTls13 =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    public Flag<IPAddress?> BindAddress { get; } = flags.Of("bind-address", FlagForms.Address, IPAddress.Any,
        "The address to listen on; 0.0.0.0 or :: for all interfaces.");

    public Flag<string> CertDir { get; } = flags.Text("cert-dir", defaults.CertDir,
        "Where the self-signed certificate goes that the server makes when it is given none.");

    public Flag<int> Http2MaxStreams { get; } = flags.Number("http2-max-streams-per-connection", 0,
        "How many streams a client may have on an HTTP/2 connection. 0 for the server's own choice, 250.");

    public Flag<int> SecurePort { get; } = flags.Number(
        "secure-port", defaults.Port,
        defaults.MayBeOff ? "The port to listen on; 0 for none."
            : "The port to listen on. It can't be switched off with 0.");

    public Flag<string> CertFile { get; } = flags.Text("tls-cert-file", "",
        "The certificate to show, with what builds its chain behind it. Read anew when it changes.");

    public Flag<IReadOnlyList<string>> CipherSuites { get; } = flags.Texts("tls-cipher-suites",
        "The cipher suites offered up to TLS 1.2, by Go's names; those of TLS 1.3 are always offered.");

    public Flag<string> MinVersion { get; } = flags.Text("tls-min-version", "",
        "The lowest version of TLS: VersionTLS10, VersionTLS11, VersionTLS12 (default), VersionTLS13.");

    public Flag<string> KeyFile { get; } = flags.Text("tls-private-key-file", "", "The key of --tls-cert-file.");

    public Flag<IReadOnlyList<string>> SniCertKeys { get; } = flags.Of("tls-sni-cert-key",
        FlagForms.TextEach with { TypeName = "namedCertKey" }, [],
        "A certificate and its key for certain host names: cert.pem,key.pem:*.example.com,example.com. Without names those in the "
        + "certificate count. Repeat the flag for more.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        if (defaults.MayBeOff && SecurePort.Value is < 0 or > 65535)
        {
            errors.Add(
                $"--secure-port {SecurePort.Value} must be between 0 and 65535, inclusive. 0 for turning off secure port");
        }
        else if (!defaults.MayBeOff && SecurePort.Value is < 1 or > 65535)
        {
            errors.Add(
                $"--secure-port {SecurePort.Value} must be between 1 and 65535, inclusive. It cannot be turned off with 0");
        }

        if (Http2MaxStreams.Value < 0)
        {
            errors.Add("--http2-max-streams-per-connection can not be negative value");
        }

        if (CertFile.Value.Length > 0 != KeyFile.Value.Length > 0)
        {
            errors.Add("--tls-cert-file and --tls-private-key-file must be specified together");
        }

        if (MinVersion.Value.Length > 0 && Versions.All(version => version.Name != MinVersion.Value))
        {
            errors.Add($"--tls-min-version: unknown tls version \"{MinVersion.Value}\"");
        }

        errors.AddRange(CipherSuites.Value.Where(suite => !TlsSuites.ByName.ContainsKey(suite))
            .Select(suite => $"--tls-cipher-suites: Cipher suite {suite} not supported or doesn't exist"));
        errors.AddRange(SniCertKeys.Value.Where(value => Split(value).Files.Length != 2)
            .Select(value =>
                $"--tls-sni-cert-key \"{value}\": expected comma separated certificate and key file paths"));
    }

    /// <summary>Makes sure that nobody listens there yet, so that a server which can't start has written
    /// nothing.</summary>
    /// <exception cref="FlagException">Somebody does, or the address is not this machine's.</exception>
    public void CheckPort()
    {
        IPEndPoint endpoint = new(BindAddress.Value ?? IPAddress.Any, SecurePort.Value);
        using Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen();
        }
        catch (SocketException exception)
        {
            string reason = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "address already in use",
                SocketError.AddressNotAvailable => "cannot assign requested address",
                SocketError.AccessDenied => "permission denied",
                _ => exception.Message,
            };
            throw new FlagException(
                $"failed to create listener: failed to listen on {endpoint}: listen tcp {endpoint}: bind: {reason}",
                    exception);
        }
    }

    /// <summary>The certificate to show: that of the files, or a self-signed one.</summary>
    /// <param name="process">The process.</param>
    /// <param name="host">The address that the server is known by.</param>
    /// <param name="otherNames">More names it has.</param>
    /// <exception cref="FlagException">A file can't be read or made.</exception>
    public IServingCertificateSource Certificates(
        ServerProcess process, IPAddress host, IReadOnlyList<string> otherNames)
    {
        string path = CertFile.Value;
        string keyPath = KeyFile.Value;
        if (path.Length > 0)
        {
            return CertFile.Read(_ => Follow(path, keyPath, process));
        }

        string bound = BindAddress.Value is { } address
            && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
            ? address.ToString()
            : "localhost";
        if (CertDir.Value.Length == 0)
        {
            return SelfSignedServing.InMemory(host.ToString(), [.. otherNames, bound], process.Clock);
        }

        return CertDir.Read(directory =>
        {
            (path, keyPath) = SelfSignedServing.Ensure(
                directory, host.ToString(), [.. otherNames, bound], process.Clock);
            return Follow(path, keyPath, process);
        });
    }

    /// <summary>How TLS is spoken.</summary>
    public ServingTlsConfig Tls(ServerProcess process) => new()
    {
        Protocols = Protocols,
        CipherSuites = CipherSuites.Value.Count == 0
            ? null
            : new CipherSuitesPolicy(
                [.. SuitesOfTls13, .. CipherSuites.Value.Select(suite => TlsSuites.ByName[suite])]),

        // Explicit patterns count more than names in certificates.
        NamedCertificates =
        [
            .. SniCertKeys.Value.Select(value => FlagFiles.Named(SniCertKeys.Name, value, () =>
            {
                (string[] files, string[] names) = Split(value);
                return new NamedCertificate(names, Follow(files[0], files[1], process));
            })).OrderBy(one => one.Patterns.Count == 0),
        ],
    };

    private SslProtocols Protocols => MinVersion.Value.Length == 0
        ? SslProtocols.Tls12 | SslProtocols.Tls13
        : Versions.First(version => version.Name == MinVersion.Value).Protocols;

    private static ServingFiles Follow(string path, string keyPath, ServerProcess process) =>
        new(new FileContent<ServingCertificate>(
        [path, keyPath], () => PemFiles.ReadServing(path, keyPath), process.Clock, process.Log));

    private static (string[] Files, string[] Names) Split(string value)
    {
        int colon = value.IndexOf(':');
        string[] names = colon < 0 ? [] : value[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return ((colon < 0 ? value : value[..colon]).Split(',', StringSplitOptions.RemoveEmptyEntries), names);
    }
}

/// <summary>Where a program listens unless it is told otherwise.</summary>
/// <param name="Port">The port.</param>
/// <param name="CertDir">Where a certificate goes that it makes itself; empty to keep it in memory.</param>
/// <param name="MayBeOff">Whether port 0 stands for none.</param>
internal sealed record ListenerDefaults(int Port, string CertDir, bool MayBeOff)
{
    /// <summary>The API server's.</summary>
    public static ListenerDefaults ApiServer { get; } = new(6443, "/var/run/kubernetes", MayBeOff: false);
}

/// <summary>The cipher suites that Go knows, by its names.</summary>
internal static class TlsSuites
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, TlsCipherSuite> ByName { get; } = new Dictionary<string, TlsCipherSuite>(
        StringComparer.Ordinal)
    {
        ["TLS_AES_128_GCM_SHA256"] = TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        ["TLS_AES_256_GCM_SHA384"] = TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        ["TLS_CHACHA20_POLY1305_SHA256"] = TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"] =
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
        ["TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,
        ["TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,
        ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
        ["TLS_ECDHE_RSA_WITH_RC4_128_SHA"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_RC4_128_SHA,
        ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"] = TlsCipherSuite.TLS_RSA_WITH_3DES_EDE_CBC_SHA,
        ["TLS_RSA_WITH_AES_128_CBC_SHA"] = TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
        ["TLS_RSA_WITH_AES_128_CBC_SHA256"] = TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256,
        ["TLS_RSA_WITH_AES_128_GCM_SHA256"] = TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
        ["TLS_RSA_WITH_AES_256_CBC_SHA"] = TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
        ["TLS_RSA_WITH_AES_256_GCM_SHA384"] = TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
        ["TLS_RSA_WITH_RC4_128_SHA"] = TlsCipherSuite.TLS_RSA_WITH_RC4_128_SHA,
    };
}
