using System.Globalization;
using System.Text;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Logs;

/// <summary><c>keelson logs</c>: what containers write.</summary>
internal sealed class LogsCommand : ClusterCommand
{
    private readonly Flag<string> _selector;
    private readonly Flag<string> _container;
    private readonly Flag<bool> _allContainers;
    private readonly Flag<bool> _allPods;
    private readonly Flag<bool> _follow;
    private readonly Flag<bool> _previous;
    private readonly Flag<bool> _timestamps;
    private readonly Flag<bool> _prefix;
    private readonly Flag<int> _tail;
    private readonly Flag<int> _limitBytes;
    private readonly Flag<TimeSpan> _since;
    private readonly Flag<string> _sinceTime;

    public LogsCommand()
        : base("logs", Text)
    {
        _selector = Letter("selector", 'l', "Choose pods by their labels.");
        _container = Letter("container", 'c', "The container.");
        _allContainers = Flags.Switch("all-containers", false, "The logs of all containers of the pods.");
        _allPods = Flags.Switch("all-pods", false, "The logs of all pods of a workload, each line with its pod.");
        _follow = Switch("follow", 'f', "Go on with what is written from now on.");
        _previous = Switch("previous", 'p', "The log of the container that ran before, if there was one.");
        _timestamps = Flags.Switch("timestamps", false, "Show when each line was written.");
        _prefix = Flags.Switch("prefix", false, "Show the pod and the container before each line.");
        _tail = Flags.Number("tail", -1, "The last lines only; -1 for all, or 10 with a selector.");
        _limitBytes = Flags.Number("limit-bytes", 0, "So many bytes at most; 0 for all.");
        _since = Flags.Duration("since", TimeSpan.Zero, "Lines younger than this only: 5s, 2m, 3h.");
        _sinceTime = Flags.Text("since-time", "", "Lines after this time only (RFC 3339).");
    }

    private static CommandHelp Text { get; } = new(
        "Print what containers write.", "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [flags]")
    {
        Examples = """
            # A pod's log
            keelson logs web

            # Of a deployment, the last lines and what comes
            keelson logs deployment/web --tail=20 --follow

            # Of all pods with a label, each line with its pod
            keelson logs -l app=web --all-containers --prefix
            """,
    };

    private Flag<string> Letter(string name, char letter, string usage) =>
        Flags.Add(new Flag<string>(name, FlagForms.Text, "", usage) { Letter = letter });

    private Flag<bool> Switch(string name, char letter, string usage) =>
        Flags.Add(new Flag<bool>(name, FlagForms.Truth, false, usage) { Letter = letter, BareValue = "true" });

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !_selector.IsSet)
        {
            throw Usage("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
                + "POD or TYPE/NAME is a required argument for the logs command");
        }

        if (_sinceTime.IsSet && _since.IsSet)
        {
            throw new CommandException("at most one of `sinceTime` or `sinceSeconds` may be specified");
        }

        if (_allContainers.Value && _container.IsSet)
        {
            throw new CommandException("--all-containers=true should not be specified with container name "
                + _container.Value);
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<(ObjectTree Pod, string Container)> sources = [];
        foreach (ObjectTree pod in await PodsAsync(arguments, cancellation))
        {
            string named = arguments.Count > 1 ? arguments[1] : _container.Value;
            if (_allContainers.Value)
            {
                sources.AddRange(ContainersOf(pod).Select(one => (pod, one)));
            }
            else if (named.Length > 0 && !HasContainer(pod, named))
            {
                throw new CommandException($"container {named} is not valid for pod {pod.Name()}");
            }
            else
            {
                sources.Add((pod, named.Length > 0 ? named : PodFinder.ContainerOf(pod, Console.Error.Write)));
            }
        }

        using Stream output = Console.OpenOutput();
        if (!_follow.Value || sources.Count == 1)
        {
            foreach ((ObjectTree pod, string container) in sources)
            {
                await CopyAsync(pod, container, output, cancellation);
            }
        }
        else
        {
            await Task.WhenAll(sources.Select(one => CopyAsync(one.Pod, one.Container, output, cancellation)));
        }

        return 0;
    }

    private static bool HasContainer(ObjectTree pod, string name) => ContainersOf(pod).Contains(name);

    private static IEnumerable<string> ContainersOf(ObjectTree pod) =>
        ((string[])["initContainers", "containers", "ephemeralContainers"])
            .SelectMany(field => pod.Objects("spec", field)).Select(one => one.TextAt("name"));

    private async Task<IReadOnlyList<ObjectTree>> PodsAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (_selector.IsSet)
        {
            ObjectTree list = await Cluster.GetAsync(
                $"/api/v1/namespaces/{Cluster.Namespace}/pods?labelSelector={Uri.EscapeDataString(_selector.Value)}",
                cancellation);
            if (list.Objects("items").Count == 0)
            {
                Console.Error.Write($"No resources found in {Cluster.Namespace} namespace.\n");
            }

            return list.Objects("items");
        }

        (ObjectTree named, IReadOnlyList<ObjectTree> pods) = await FindAsync(arguments[0], cancellation);
        if (pods.Count == 0)
        {
            throw new CommandException($"there are no pods of {named.Kind().ToLowerInvariant()}/{named.Name()}");
        }

        if (pods.Count > 1 && !_allPods.Value)
        {
            Console.Error.Write($"Found {pods.Count} pods, using pod/{pods[0].Name()}\n");
        }

        return _allPods.Value ? pods : [pods[0]];
    }

    private async Task<(ObjectTree Named, IReadOnlyList<ObjectTree> Pods)> FindAsync(
        string word, CancellationToken cancellation)
    {
        try
        {
            return await PodFinder.AllAsync(Cluster, word, cancellation);
        }
        catch (ApiFailure failure) when (failure.IsNotFound)
        {
            throw new CommandException(
                $"error from server (NotFound): {failure.Message} in namespace \"{Cluster.Namespace}\"", failure);
        }
    }

    private async Task CopyAsync(ObjectTree pod, string container, Stream output, CancellationToken cancellation)
    {
        string path = $"/api/v1/namespaces/{pod.Namespace()}/pods/{pod.Name()}/log?container="
            + Uri.EscapeDataString(container) + Query();
        using HttpResponseMessage response =
            await Cluster.SendAsync(HttpMethod.Get, path, null, "*/*", cancellation);
        using Stream log = await response.Content.ReadAsStreamAsync(cancellation);
        if (!_prefix.Value && !_allPods.Value)
        {
            await log.CopyToAsync(output, cancellation);
            await output.FlushAsync(cancellation);
            return;
        }

        using StreamReader lines = new(log, Encoding.UTF8);
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            byte[] bytes = Encoding.UTF8.GetBytes($"[pod/{pod.Name()}/{container}] {line}\n");
            lock (output)
            {
                output.Write(bytes);
                output.Flush();
            }
        }
    }

    private string Query()
    {
        StringBuilder query = new();
        query.Append(_follow.Value ? "&follow=true" : "").Append(_previous.Value ? "&previous=true" : "")
            .Append(_timestamps.Value ? "&timestamps=true" : "");
        int tail = _tail.Value >= 0 ? _tail.Value : _selector.IsSet && !_tail.IsSet ? 10 : -1;
        query.Append(tail >= 0 ? string.Create(CultureInfo.InvariantCulture, $"&tailLines={tail}") : "")
            .Append(_limitBytes.Value > 0 ? $"&limitBytes={_limitBytes.Value}" : "");
        if (_since.Value > TimeSpan.Zero)
        {
            query.Append($"&sinceSeconds={(long)Math.Ceiling(_since.Value.TotalSeconds)}");
        }

        return query.Append(_sinceTime.IsSet ? "&sinceTime=" + Uri.EscapeDataString(_sinceTime.Value) : "").ToString();
    }
}
