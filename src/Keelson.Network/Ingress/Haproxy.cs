using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Network.Nft;

namespace Keelson.Network.Ingress;

/// <summary>
/// HAProxy as a child: a master that takes orders and workers that serve. After a reload new workers take over the
/// listening sockets; old ones end with their last connection, so none is dropped.
/// </summary>
internal sealed class Haproxy(IngressControllerConfig config) : IAsyncDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    private readonly NodePrograms _programs = new(config.NetworkNamespace);
    private Process? _master;
    private bool _isTaken = true;

    /// <summary>True while it runs.</summary>
    public bool IsRunning => _master is { HasExited: false };

    /// <summary>Takes files: writes what differs, and lets HAProxy go on with them.</summary>
    /// <exception cref="HaproxyException">HAProxy does not take them; the ones before stay in use.</exception>
    public async Task ApplyAsync(IReadOnlyDictionary<string, string> files, CancellationToken stop)
    {
        // What was written, but not taken, is to be taken even if nothing changes any more.
        _isTaken &= !Write(files);
        if (IsRunning && _isTaken)
        {
            return;
        }

        string main = Path.Combine(config.Directory, HaproxyFiles.Main);
        ProgramResult check = await _programs.RunAsync("haproxy", ["-c", "-q", "-f", main], stop);
        if (check.ExitCode != 0)
        {
            throw new HaproxyException(check.Error.Trim() + check.Output.Trim());
        }

        if (IsRunning)
        {
            await OrderAsync("reload\n", stop);
        }
        else
        {
            Start(main);
        }

        _isTaken = true;
        RemoveUnused(files);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_master is { } master)
        {
            if (!master.HasExited)
            {
                // Workers end when their master is gone; those that were told to end after their last connection too.
                master.Kill(entireProcessTree: true);
                await master.WaitForExitAsync();
            }

            master.Dispose();
        }
    }

    private void Start(string main)
    {
        _master?.Dispose();
        string socket = Path.Combine(config.Directory, HaproxyFiles.MasterSocket);
        File.Delete(socket);
        _master = _programs.Start("haproxy", ["-W", "-S", socket + ",mode,600", "-f", main]);
        _master.OutputDataReceived += (_, line) => Tell(line.Data);
        _master.ErrorDataReceived += (_, line) => Tell(line.Data);
        _master.BeginOutputReadLine();
        _master.BeginErrorReadLine();
    }

    private void Tell(string? line)
    {
        // Its warnings tell of every worker that ends after a reload.
        if (line is not null && line.StartsWith("[ALERT]", StringComparison.Ordinal))
        {
            config.Log("ingress: haproxy: " + line);
        }
    }

    /// <summary>Gives the master an order; it closes the connection when it is carried out.</summary>
    private async Task OrderAsync(string order, CancellationToken stop)
    {
        using CancellationTokenSource patience = new(AnswerPatience, config.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            string path = Path.Combine(config.Directory, HaproxyFiles.MasterSocket);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), either.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes(order), either.Token);
            byte[] answer = new byte[1024];
            while (await socket.ReceiveAsync(answer, either.Token) > 0)
            {
                // What it says does not matter; that it ends does.
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The master starts itself anew.
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException
            && !stop.IsCancellationRequested)
        {
            throw new HaproxyException($"the master does not answer: {exception.Message}");
        }
    }

    private bool Write(IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(
            config.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        EnsureDefaultCertificate();
        bool isChanged = false;
        foreach ((string name, string text) in files)
        {
            string path = Path.Combine(config.Directory, name);
            if (!File.Exists(path) || File.ReadAllText(path) != text)
            {
                File.WriteAllText(path + ".tmp", text);
                File.SetUnixFileMode(path + ".tmp", UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.Move(path + ".tmp", path, overwrite: true);
                isChanged = true;
            }
        }

        return isChanged;
    }

    private void RemoveUnused(IReadOnlyDictionary<string, string> files)
    {
        foreach (string path in Directory.GetFiles(config.Directory, "*.pem"))
        {
            string name = Path.GetFileName(path);
            if (name != HaproxyFiles.DefaultCertificate && !files.ContainsKey(name))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The certificate for names that none is for: HAProxy does not serve TLS without any.</summary>
    private void EnsureDefaultCertificate()
    {
        string path = Path.Combine(config.Directory, HaproxyFiles.DefaultCertificate);
        if (File.Exists(path))
        {
            return;
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(
            "CN=Keelson Ingress Controller Fake Certificate, O=Keelson", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("ingress.local");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = config.Clock.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>HAProxy refused something.</summary>
internal sealed class HaproxyException(string message) : Exception(message);
