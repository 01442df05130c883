using System.Globalization;
using Google.Protobuf;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Volumes;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>What containers are made from, but for their image.</summary>
internal sealed class ContainerConfigs(
    NodeContext context, IPodVolumes volumes, IContainerEnvironments environments, Placements placements,
    ContainerLimitsConfig limits, string clusterDomain)
{
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;

    private readonly SecurityContexts _security = new(context.RootDirectory, context.DefaultSeccomp);

    /// <summary>The configuration of a container, or why there can be none.</summary>
    public async Task<(Proto.ContainerConfig? Config, string? Error)> OfAsync(
        ContainerRequest request, CancellationToken cancellationToken)
    {
        (Pod pod, ContainerSpec one) = (request.Pod, request.Container);
        if (SecurityContexts.Refusal(pod, one, request.User) is { } refusal)
        {
            return (null, refusal);
        }

        ContainerEnvironment environment = await environments.OfAsync(
            pod, one.Container, request.Addresses, cancellationToken);
        if (environment.Error is { } missing)
        {
            return (null, missing);
        }

        Dictionary<string, string> variables = new(environment.Variables, StringComparer.Ordinal);
        ContainerMounts mounts = await volumes.MountsAsync(pod, one.Container, variables, cancellationToken);
        if (mounts.Error is { } unmounted)
        {
            return (null, unmounted);
        }

        Proto.ContainerConfig config = new()
        {
            Metadata = new() { Name = one.Name, Attempt = (uint)request.RestartCount },
            Image = new() { Image = request.ImageRef, UserSpecifiedImage = one.Image },
            WorkingDir = one.Container.WorkingDir,
            LogPath = $"{one.Name}/{request.RestartCount.ToString(CultureInfo.InvariantCulture)}.log",
            Stdin = one.Container.Stdin,
            StdinOnce = one.Container.StdinOnce,
            Tty = one.Container.Tty,
            StopSignal = StopSignals.Of(one.Container.Lifecycle?.StopSignal),
            Linux = new()
            {
                Resources = PodResourceConfigs.Of(pod, one, limits),
                SecurityContext = _security.Of(pod, one, request.User, request.TargetId),
            },
        };
        config.Command.AddRange(
            one.Container.Command.Select(text => VariableExpansion.Expand(text, variables.GetValueOrDefault)));
        config.Args.AddRange(
            one.Container.Args.Select(text => VariableExpansion.Expand(text, variables.GetValueOrDefault)));
        config.Envs.AddRange(environment.Variables.Select(static pair =>
            new Proto.KeyValue { Key = pair.Key, Value = ByteString.CopyFromUtf8(pair.Value) }));
        config.Mounts.AddRange(mounts.Mounts);
        NameImages(config, request.VolumeImages);
        config.Devices.AddRange(mounts.Devices);
        AddNames(config, pod, one, request.RestartCount);
        AddHostsFile(config, pod, request.Addresses);
        AddTerminationMessage(config, pod, one);
        if (await placements.AddToAsync(pod, one, config, cancellationToken) is { } refused)
        {
            return (null, refused);
        }

        MapUsers(config, request.UserNamespace);
        return (config, null);
    }

    /// <summary>
    /// The runtime mounts an image by its id: containerd completes no names there (<c>nginx</c> would be none).
    /// </summary>
    private static void NameImages(Proto.ContainerConfig config, IReadOnlyDictionary<string, string> ids)
    {
        foreach (Proto.ImageSpec image in config.Mounts.Select(static one => one.Image).OfType<Proto.ImageSpec>())
        {
            image.Image = ids.GetValueOrDefault(image.UserSpecifiedImage, image.Image);
        }
    }

    /// <summary>In a user namespace files of volumes belong to whom they would without one.</summary>
    private static void MapUsers(Proto.ContainerConfig config, Proto.UserNamespace? users)
    {
        config.Linux.SecurityContext.NamespaceOptions.UsernsOptions = users;
        foreach (Proto.Mount mount in config.Mounts)
        {
            mount.UidMappings.AddRange(users?.Uids ?? []);
            mount.GidMappings.AddRange(users?.Gids ?? []);
        }
    }

    private static void AddNames(Proto.ContainerConfig config, Pod pod, ContainerSpec one, int restartCount)
    {
        config.Labels[PodNames.PodName] = pod.Metadata.Name;
        config.Labels[PodNames.PodNamespace] = pod.Metadata.Namespace;
        config.Labels[PodNames.PodUid] = pod.Metadata.Uid;
        config.Labels[PodNames.ContainerName] = one.Name;
        config.Annotations[PodNames.Hash] = PodNames.HashOf(one);
        config.Annotations[PodNames.RestartCount] = restartCount.ToString(CultureInfo.InvariantCulture);
        config.Annotations[PodNames.TerminationMessagePath] = one.Container.TerminationMessagePath;
        config.Annotations[PodNames.TerminationMessagePolicy] = one.Container.TerminationMessagePolicy;
        if (pod.Spec.TerminationGracePeriodSeconds is { } grace)
        {
            config.Annotations[PodNames.GracePeriod] = grace.ToString(CultureInfo.InvariantCulture);
        }
    }

    private void AddHostsFile(Proto.ContainerConfig config, Pod pod, IReadOnlyList<string> addresses)
    {
        const string HostsPath = "/etc/hosts";
        if (config.Mounts.Any(static one => one.ContainerPath == HostsPath)
            || (addresses.Count == 0 && !pod.Spec.HostNetwork))
        {
            return;
        }

        string file = Path.Combine(context.PodDirectory(pod.Metadata.Uid), "etc-hosts");
        string host = pod.Spec.HostNetwork && File.Exists(HostsPath) ? File.ReadAllText(HostsPath) : "";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, HostsFile.Write(pod, addresses, clusterDomain, host));
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        config.Mounts.Add(new Proto.Mount { ContainerPath = HostsPath, HostPath = file });
    }

    private void AddTerminationMessage(Proto.ContainerConfig config, Pod pod, ContainerSpec one)
    {
        if (one.Container.TerminationMessagePath.Length == 0)
        {
            return;
        }

        string directory = Path.Combine(context.PodDirectory(pod.Metadata.Uid), "containers", one.Name);
        Directory.CreateDirectory(directory);
        string file = Path.Combine(directory, Guid.NewGuid().ToString("N")[..8]);
        File.WriteAllBytes(file, []);
        File.SetUnixFileMode(file, Everybody);
        config.Mounts.Add(new Proto.Mount { ContainerPath = one.Container.TerminationMessagePath, HostPath = file });
    }
}

/// <summary>A container that is to be made.</summary>
internal sealed record ContainerRequest
{
    /// <summary>The pod.</summary>
    public required Pod Pod { get; init; }

    /// <summary>The container.</summary>
    public required ContainerSpec Container { get; init; }

    /// <summary>How many of its name there were.</summary>
    public required int RestartCount { get; init; }

    /// <summary>The image's id.</summary>
    public required string ImageRef { get; init; }

    /// <summary>The ids of images that are mounted as volumes, by their references.</summary>
    public IReadOnlyDictionary<string, string> VolumeImages { get; init; } = new Dictionary<string, string>();

    /// <summary>Who the image runs as.</summary>
    public required ImageUser User { get; init; }

    /// <summary>The pod's addresses.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The container whose processes an ephemeral one sees; empty for none.</summary>
    public string TargetId { get; init; } = "";

    /// <summary>The pod's user namespace.</summary>
    public Proto.UserNamespace? UserNamespace { get; init; }
}
