using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Pods;

/// <summary>Reads from the runtime what it has of pods.</summary>
internal sealed class RuntimePictures(CriClient runtime)
{
    // Containers that ended change no more, but for their removal.
    private readonly ConcurrentDictionary<string, ContainerPicture> _ended = [];
    private readonly ConcurrentDictionary<string, string> _podOf = [];

    /// <summary>The uid of the pod that a sandbox or container was last seen in; null for one that was not seen.
    /// </summary>
    public string? PodOf(string id) => _podOf.GetValueOrDefault(id);

    /// <summary>The pods that the runtime has something of, each with a text that changes when any of it
    /// does.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OverviewAsync(CancellationToken cancellationToken)
    {
        ListPodSandboxResponse sandboxes = await runtime.CallAsync(
            CriMethods.ListPodSandbox, new ListPodSandboxRequest(), cancellationToken);
        ListContainersResponse containers = await runtime.CallAsync(
            CriMethods.ListContainers, new ListContainersRequest(), cancellationToken);
        Dictionary<string, StringBuilder> texts = new(StringComparer.Ordinal);
        void Add(IDictionary<string, string> labels, string id, int state)
        {
            if (labels.TryGetValue(PodNames.PodUid, out string? uid))
            {
                if (!texts.TryGetValue(uid, out StringBuilder? text))
                {
                    texts.Add(uid, text = new());
                }

                text.Append(id).Append(state).Append(';');
                _podOf[id] = uid;
            }
        }

        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (PodSandbox one in sandboxes.Items.OrderBy(static one => one.Id, StringComparer.Ordinal))
        {
            ids.Add(one.Id);
            Add(one.Labels, one.Id, (int)one.State);
        }

        foreach (Container one in containers.Containers.OrderBy(static one => one.Id, StringComparer.Ordinal))
        {
            ids.Add(one.Id);
            Add(one.Labels, one.Id, (int)one.State);
        }

        foreach (string id in _podOf.Keys.Union(_ended.Keys).Where(one => !ids.Contains(one)))
        {
            _podOf.TryRemove(id, out _);
            _ended.TryRemove(id, out _);
        }

        return texts.ToDictionary(static one => one.Key, static one => one.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>What there is of a pod.</summary>
    public async Task<PodPicture> ReadAsync(string uid, CancellationToken cancellationToken)
    {
        PodSandboxFilter sandboxFilter = new();
        sandboxFilter.LabelSelector[PodNames.PodUid] = uid;
        Task<ListPodSandboxResponse> sandboxes = runtime.CallAsync(
            CriMethods.ListPodSandbox, new ListPodSandboxRequest { Filter = sandboxFilter }, cancellationToken);
        ContainerFilter containerFilter = new();
        containerFilter.LabelSelector[PodNames.PodUid] = uid;
        ListContainersResponse containers = await runtime.CallAsync(
            CriMethods.ListContainers, new ListContainersRequest { Filter = containerFilter }, cancellationToken);
        List<SandboxPicture> sandboxPictures = [];
        foreach (PodSandbox one in (await sandboxes).Items.OrderByDescending(static one => one.CreatedAt))
        {
            _podOf[one.Id] = uid;
            if (await SandboxAsync(one, sandboxPictures.Count == 0, cancellationToken) is { } picture)
            {
                sandboxPictures.Add(picture);
            }
        }

        List<ContainerPicture> containerPictures = [];
        foreach (Container one in containers.Containers.OrderByDescending(static one => one.CreatedAt))
        {
            _podOf[one.Id] = uid;
            if (await ContainerAsync(one, cancellationToken) is { } picture)
            {
                containerPictures.Add(picture);
            }
        }

        return new(sandboxPictures, containerPictures);
    }

    private async Task<SandboxPicture?> SandboxAsync(
        PodSandbox one, bool isNewest, CancellationToken cancellationToken)
    {
        bool isReady = one.State == PodSandboxState.SandboxReady;
        if (!isNewest)
        {
            return new(one.Id, one.Metadata.Attempt, isReady, false, []);
        }

        try
        {
            PodSandboxStatusResponse answer = await runtime.CallAsync(
                CriMethods.PodSandboxStatus, new PodSandboxStatusRequest { PodSandboxId = one.Id }, cancellationToken);
            PodSandboxStatus status = answer.Status;
            List<string> addresses = [];
            if (status.Network is { Ip.Length: > 0 } network)
            {
                addresses.Add(network.Ip);
                addresses.AddRange(network.AdditionalIps.Select(static it => it.Ip));
            }

            return new(
                one.Id,
                one.Metadata.Attempt,
                status.State == PodSandboxState.SandboxReady,
                status.Linux?.Namespaces?.Options?.Network == NamespaceMode.Node,
                addresses);
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<ContainerPicture?> ContainerAsync(Container one, CancellationToken cancellationToken)
    {
        if (_ended.TryGetValue(one.Id, out ContainerPicture? known))
        {
            return known;
        }

        try
        {
            ContainerStatusResponse answer = await runtime.CallAsync(
                CriMethods.ContainerStatus, new ContainerStatusRequest { ContainerId = one.Id }, cancellationToken);
            ContainerPicture picture = ToPicture(answer.Status, one.PodSandboxId);
            if (picture.Phase == ContainerPhase.Exited)
            {
                picture = picture with { Message = TerminationMessage.Of(answer.Status) };
                _ended[one.Id] = picture;
            }

            return picture;
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.NotFound)
        {
            return null;
        }
    }

    private static ContainerPicture ToPicture(ContainerStatus status, string sandboxId) => new()
    {
        Id = status.Id,
        Name = status.Labels.TryGetValue(PodNames.ContainerName, out string? name) ? name : status.Metadata.Name,
        SandboxId = sandboxId,
        Phase = status.State switch
        {
            ContainerState.ContainerCreated => ContainerPhase.Created,
            ContainerState.ContainerRunning => ContainerPhase.Running,
            ContainerState.ContainerExited => ContainerPhase.Exited,
            _ => ContainerPhase.Unknown,
        },
        RestartCount = status.Annotations.TryGetValue(PodNames.RestartCount, out string? count)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int restarts)
                ? restarts
                : (int)status.Metadata.Attempt,
        Hash = status.Annotations.TryGetValue(PodNames.Hash, out string? hash) ? hash : "",
        CreatedAt = At(status.CreatedAt),
        StartedAt = At(status.StartedAt),
        FinishedAt = At(status.FinishedAt),
        ExitCode = status.ExitCode,
        Reason = status.Reason,
        Image = status.Image?.Image ?? "",
        ImageRef = status.ImageRef,
        LogPath = status.LogPath,
        User = status.User?.Linux,
        Resources = status.Resources?.Linux,
    };

    private static DateTimeOffset At(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
