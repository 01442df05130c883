using System.Runtime.InteropServices;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Images;
using Keelson.Nodes.Linux;
using Keelson.Rpc;

namespace Keelson.Nodes.Runtime;

/// <summary>The container runtime: one that runs, or a containerd of our own.</summary>
internal sealed class ContainerRuntime : IAsyncDisposable
{
    /// <summary>The image of sandboxes of a containerd of our own.</summary>
    public const string SandboxImage = "keelson.dev/pause:1";

    /// <summary>The file beside containerd's that tells which control groups were mounted.</summary>
    public const string MountsRecord = "control-group-mounts";

    private const string Namespace = "k8s.io";
    private const string Unix = "unix://";

    private readonly ContainerdProcess? _process;

    private ContainerRuntime(CriClient client, string endpoint, ContainerdProcess? process)
    {
        Client = client;
        Endpoint = endpoint;
        _process = process;
    }

    /// <summary>Its calls.</summary>
    public CriClient Client { get; }

    /// <summary>Its socket.</summary>
    public string Endpoint { get; }

    /// <summary>Its name: <c>containerd</c>.</summary>
    public string Name { get; private set; } = "containerd";

    /// <summary>Its version.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Who makes control groups: <c>cgroupfs</c> or <c>systemd</c>.</summary>
    public string CgroupDriver { get; private set; } = CgroupDriverChoice.Files;

    /// <summary>The content of images as directories; null when it mounts images itself.</summary>
    public ImageSnapshots? Snapshots { get; private set; }

    /// <summary>Ends what containerd has forgotten; null for other runtimes.</summary>
    public ForgottenShims? Shims { get; private set; }

    /// <summary>What is to be done for as long as the runtime is used: what it forgets is removed. Network namespaces
    /// are only a containerd's that runs for this node alone.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> UpkeepWith(NodeContext context)
    {
        List<Func<CancellationToken, Task>> duties = [];
        if (Shims is { } shims)
        {
            duties.Add(stop => shims.RunAsync(context.Clock, context.Log, stop));
        }

        if (_process is not null)
        {
            ForgottenNetworks networks = new(new LinuxMounts(), context.Clock);
            duties.Add(stop => networks.RunAsync(context.Log, stop));
        }

        return duties;
    }

    /// <summary>Connects to the runtime that is named, or starts containerd.</summary>
    /// <exception cref="NodeAgentException">There is none, and how to get one.</exception>
    public static async Task<ContainerRuntime> ConnectAsync(NodeAgentConfig config, CancellationToken cancellationToken)
    {
        ContainerdProcess? process = null;
        string endpoint = config.RuntimeEndpoint;
        if (endpoint.Length == 0)
        {
            process = await StartAsync(config, cancellationToken);
            endpoint = Unix + process.Config.Socket;
        }

        ContainerRuntime runtime = new(CriClient.At(endpoint, config.Clock), endpoint, process);
        try
        {
            VersionResponse version = await runtime.Client.CallAsync(
                CriMethods.Version, new VersionRequest(), TimeSpan.FromSeconds(10), cancellationToken);
            runtime.Name = version.RuntimeName;
            runtime.Version = version.RuntimeVersion;
            runtime.Snapshots =
                ImageSnapshots.Of(runtime.Client, runtime.Name, runtime.Version, endpoint, config.Clock);
            runtime.Shims = runtime.Name == "containerd" && endpoint.StartsWith(Unix, StringComparison.Ordinal)
                ? new(endpoint[Unix.Length..])
                : null;
            if (process is not null)
            {
                await runtime.ImportAsync(config, cancellationToken);
            }

            // One of our own has what it was told to have.
            runtime.CgroupDriver = process is null
                ? await CgroupDriverChoice.AskAsync(runtime.Client, config, cancellationToken)
                : process.Config.HasSystemdGroups ? CgroupDriverChoice.Systemd : CgroupDriverChoice.Files;
            CgroupDriverChoice.Check(runtime.CgroupDriver, config, endpoint);
            return runtime;
        }
        catch (RpcException exception)
        {
            await runtime.DisposeAsync();
            throw new NodeAgentException($"the container runtime at {endpoint}: {exception.Message}", exception);
        }
        catch
        {
            await runtime.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Snapshots?.Dispose();
        Client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private static async Task<ContainerdProcess> StartAsync(NodeAgentConfig config, CancellationToken cancellationToken)
    {
        string program = Needed("containerd", "containerd");
        string plugins = HostAbilities.CniPlugins();
        if (!Directory.Exists(plugins))
        {
            throw new NodeAgentException(
                "network plugins (bridge, host-local, portmap) are not installed; "
                + "Debian and Ubuntu have them in the package containernetworking-plugins");
        }

        string directory = Path.GetFullPath(config.RuntimeDirectory);
        Task<Version> version = ContainerdProcess.VersionOfAsync(program, cancellationToken);
        IReadOnlyList<OciRuntime> runtimes = await RuntimesAsync(directory, config.Log, cancellationToken);
        ContainerdConfig settings = new()
        {
            Directory = directory,
            Version = await version,
            Runtimes = runtimes,
            CniConfigurationDirectory = Path.GetFullPath(config.CniConfigurationDirectory),
            CniBinDirectory = plugins,
            SandboxImage = SandboxImage,
            Snapshotter = HostAbilities.HasOverlay() ? "overlayfs" : "native",
            RestrictOomScore = !HostAbilities.CanProtectFromOom(),
            HasSystemdGroups = config.CgroupDriver == CgroupDriverChoice.Systemd,
        };
        Directory.CreateDirectory(settings.RegistriesDirectory);
        if (config.RegistriesFile.Length > 0)
        {
            RegistryMirrors.Write(config.RegistriesFile, settings.RegistriesDirectory);
        }

        return await ContainerdProcess.StartAsync(program, settings, config.Clock, config.Log, cancellationToken);
    }

    private static async Task<IReadOnlyList<OciRuntime>> RuntimesAsync(
        string directory, Action<string> log, CancellationToken cancellationToken)
    {
        try
        {
            new ControlGroupMounts(new LinuxMounts(), Path.Combine(directory, MountsRecord)).Complete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"controllers of control groups that are not mounted stay so: {exception.Message}");
        }

        IReadOnlyList<OciRuntime> found =
            await OciRuntime.FindAsync(Path.Combine(directory, "trial"), log, cancellationToken);
        return found.Count > 0 ? found : throw NotInstalled("runc", "runc");
    }

    private static string Needed(string program, string package) =>
        HostAbilities.FindProgram(program) ?? throw NotInstalled(program, package);

    private static NodeAgentException NotInstalled(string program, string package) => new(
        $"{program} is not installed; Debian and Ubuntu have it in the package {package}. "
        + "Or name a runtime that runs with --container-runtime-endpoint");

    /// <summary>Brings in the image of sandboxes and those of the directory for machines without a network.</summary>
    private async Task ImportAsync(NodeAgentConfig config, CancellationToken cancellationToken)
    {
        byte[] program = PauseProgram.For(RuntimeInformation.ProcessArchitecture)
            ?? throw new NodeAgentException(
                $"there is no sandbox program for processors of the kind {RuntimeInformation.ProcessArchitecture}");
        byte[] archive = new ImageArchive
        {
            Name = SandboxImage,
            Programs = [new("pause", program)],
            Entrypoint = ["/pause"],
            User = "65535:65535",
        }.Write();
        string file = Path.Combine(_process!.Config.Directory, "pause.tar");
        bool isThere = File.Exists(file)
            && (await File.ReadAllBytesAsync(file, cancellationToken)).AsSpan().SequenceEqual(archive);
        if (!isThere || !await HasImageAsync(SandboxImage, cancellationToken))
        {
            await File.WriteAllBytesAsync(file, archive, cancellationToken);
            await ImportAsync(file, cancellationToken);
        }

        if (Directory.Exists(config.ImageArchivesDirectory))
        {
            foreach (string one in Directory.EnumerateFiles(config.ImageArchivesDirectory)
                .Order(StringComparer.Ordinal))
            {
                await ImportOnceAsync(one, cancellationToken);
            }
        }
    }

    private async Task<bool> HasImageAsync(string image, CancellationToken cancellationToken) =>
        (await Client.CallAsync(
            CriMethods.ImageStatus, new ImageStatusRequest { Image = new() { Image = image } },
                cancellationToken)).Image
            is not null;

    /// <summary>An archive that did not change since it was imported is not imported again.</summary>
    private async Task ImportOnceAsync(string archive, CancellationToken cancellationToken)
    {
        FileInfo info = new(archive);
        string mark = Path.Combine(_process!.Config.Directory, "imported", info.Name);
        string stamp = $"{info.Length} {info.LastWriteTimeUtc.Ticks}";
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark, cancellationToken) == stamp)
        {
            return;
        }

        await ImportAsync(archive, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(mark)!);
        await File.WriteAllTextAsync(mark, stamp, cancellationToken);
    }

    private Task ImportAsync(string archive, CancellationToken cancellationToken) => ContainerdProcess.RunAsync(
        Needed("ctr", "containerd"),
        ["--address", _process!.Config.Socket, "--namespace", Namespace, "images", "import", archive],
        cancellationToken);
}
