using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Server.Bench;

/// <summary>The server under load: clients for it, and what the system says about its process.</summary>
internal sealed class BenchTarget : IDisposable
{
    private readonly X509Certificate2Collection _authorities;
    private readonly X509Certificate2? _certificate;
    private readonly string? _token;
    private readonly int[] _pids;
    private readonly HttpClient[] _clients;

    private BenchTarget(
        string server, X509Certificate2Collection authorities, X509Certificate2? certificate, string? token, int[] pids)
    {
        Server = new Uri(server);
        _authorities = authorities;
        _certificate = certificate;
        _token = token;
        _pids = pids;
        _clients = [.. Enumerable.Range(0, 4).Select(_ => NewClient())];
    }

    /// <summary>A server that <c>keelson up</c> runs on this machine, with the certificate of its pki folder.</summary>
    public static BenchTarget OfDataDirectory(string server, string dataDirectory, int pid)
    {
        string pki = Path.Combine(dataDirectory, "pki");
        return new(
            server,
            [X509CertificateLoader.LoadCertificateFromFile(Path.Combine(pki, "ca.crt"))],
            Usable(X509Certificate2.CreateFromPemFile(
                Path.Combine(pki, "admin.crt"), Path.Combine(pki, "admin.key"))),
            null,
            [pid]);
    }

    /// <summary>The server of a kubeconfig's current context.</summary>
    /// <param name="kubeconfig">The file.</param>
    /// <param name="pids">The processes that do the server's work; none when they are not known.</param>
    public static BenchTarget OfKubeconfig(string kubeconfig, int[] pids)
    {
        (_, KubeconfigCluster cluster, KubeconfigUser user) = KubeconfigReader.ReadFile(kubeconfig).Select();
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(cluster.CertificateAuthorityPem ?? "");
        string? token = user.TokenFile is { } file ? File.ReadAllText(file).Trim() : user.Token;
        return new(
            cluster.Server,
            authorities,
            user is { ClientCertificatePem: { } pem, ClientKeyPem: { } key }
                ? Usable(X509Certificate2.CreateFromPem(pem, key))
                : null,
            token,
            pids);
    }

    /// <summary>Whether the server's processes are known.</summary>
    public bool HasProcesses => _pids.Length > 0;

    /// <summary>The server's address.</summary>
    public Uri Server { get; }

    /// <summary>A client with a connection of its own.</summary>
    public HttpClient NewClient()
    {
        SocketsHttpHandler handler = new() { AutomaticDecompression = DecompressionMethods.None };
        if (_certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [_certificate];
        }

        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            IsTrusted(certificate, chain);
        HttpClient client = new(handler)
        {
            BaseAddress = Server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (_token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", _token);
        }

        return client;
    }

    /// <summary>Sends a request and reads the whole answer; gives its length, fails on an error.</summary>
    public async Task<byte[]> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", int lane = 0)
    {
        using HttpRequestMessage request = new(method, path) { Version = HttpVersion.Version20 };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using HttpResponseMessage response = await _clients[lane % _clients.Length].SendAsync(request);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict
            ? answer
            : throw new InvalidOperationException(
                $"{method} {path}: {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}");
    }

    /// <summary>Reads an answer without keeping it.</summary>
    public async Task<long> DrainAsync(string path, string accept, string? encoding, int lane = 0)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (encoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        }

        using HttpResponseMessage response = await _clients[lane % _clients.Length]
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[256 * 1024];
        long total = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; total += read)
        {
        }

        return total;
    }

    /// <summary>The processor time the server has spent, in milliseconds (the system counts hundredths of a
    /// second).</summary>
    public double CpuMs() => _pids.Sum(static pid =>
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture)
            + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 10.0;
    });

    /// <summary>The server's resident memory in MB.</summary>
    public double ResidentMb() => _pids.Sum(static pid =>
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(
            one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture) / 1024.0;
    });

    /// <summary>Runs something while the largest resident memory is noted.</summary>
    public async Task<double> PeakOfAsync(Func<Task> run)
    {
        double peak = ResidentMb();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        Task running = run();
        while (!running.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
            peak = Math.Max(peak, ResidentMb());
        }

        await running;
        return peak;
    }

    /// <summary>Says what the memory does while nothing else happens.</summary>
    public async Task IdleAsync(TimeSpan lasts)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(Math.Max(1, lasts.TotalSeconds / 10)));
        double cpu = CpuMs();
        for (int i = 0; i < 10 && await timer.WaitForNextTickAsync(); i++)
        {
            Console.WriteLine($"idle: {ResidentMb():F0} MB, {CpuMs() - cpu:F0} ms of processor so far");
        }
    }

    public void Dispose()
    {
        foreach (HttpClient client in _clients)
        {
            client.Dispose();
        }

        _certificate?.Dispose();
    }

    private static X509Certificate2 Usable(X509Certificate2 pem)
    {
        using (pem)
        {
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        }
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain)
    {
        chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build((X509Certificate2)certificate!);
    }
}
