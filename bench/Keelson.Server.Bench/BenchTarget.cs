using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keelson.Server.Bench;

/// <summary>The server under load: clients for it, and what the system says about its process.</summary>
internal sealed class BenchTarget : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly int _pid;
    private readonly HttpClient[] _clients;

    public BenchTarget(string server, string dataDirectory, int pid)
    {
        Server = new Uri(server);
        _pid = pid;
        string pki = Path.Combine(dataDirectory, "pki");
        _authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(pki, "ca.crt"));
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(
            Path.Combine(pki, "admin.crt"), Path.Combine(pki, "admin.key"));
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        _clients = [.. Enumerable.Range(0, 4).Select(_ => NewClient())];
    }

    /// <summary>The server's address.</summary>
    public Uri Server { get; }

    /// <summary>A client with a connection of its own.</summary>
    public HttpClient NewClient()
    {
        SocketsHttpHandler handler = new() { AutomaticDecompression = DecompressionMethods.None };
        handler.SslOptions.ClientCertificates = [_certificate];
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            IsTrusted(certificate, chain);
        return new HttpClient(handler)
        {
            BaseAddress = Server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
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
    public double CpuMs()
    {
        string stat = File.ReadAllText($"/proc/{_pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 10.0;
    }

    /// <summary>The server's resident memory in MB.</summary>
    public double ResidentMb()
    {
        string line = File.ReadLines($"/proc/{_pid}/status").First(
            one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }

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

        _certificate.Dispose();
        _authority.Dispose();
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain)
    {
        chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build((X509Certificate2)certificate!);
    }
}
