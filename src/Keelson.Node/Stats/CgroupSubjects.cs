using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Stats;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Stats;

/// <summary>The control groups of a node that have something to tell, from the machine's down to containers'.</summary>
/// <param name="files">The machine's files.</param>
/// <param name="groupOf">The control group of a pod; empty for none.</param>
/// <param name="above">The control groups above those of pods.</param>
internal sealed class CgroupSubjects(
    MachineFiles files, Func<Pod, string> groupOf, IReadOnlyList<string> above)
{
    private readonly CgroupReader _reader = new(files);

    /// <summary>All of them.</summary>
    /// <param name="pods">The node's pods.</param>
    /// <param name="usage">What the runtime has.</param>
    /// <param name="started">Since when the machine is up.</param>
    public IReadOnlyList<CgroupSubject> Read(IEnumerable<Pod> pods, RuntimeUsage usage, DateTimeOffset started)
    {
        List<CgroupSubject> all =
        [
            new() { Group = "/", Figures = Read("", "1"), StartTime = started, Links = LinksIn("proc/net/dev") },
        ];
        foreach (string group in above)
        {
            if (_reader.Has(group))
            {
                all.Add(new() { Group = group, Figures = Read(group), StartTime = started });
            }
        }

        foreach (Pod pod in pods)
        {
            if (usage.SandboxOf(pod.Metadata.Uid) is { } sandbox && groupOf(pod) is { Length: > 0 } group
                && _reader.Has(group))
            {
                AddPod(all, pod, sandbox, usage, group);
            }
        }

        return all;
    }

    private void AddPod(
        List<CgroupSubject> all, Pod pod, Proto.PodSandbox sandbox, RuntimeUsage usage, string group)
    {
        CgroupSubject Subject(string path, CgroupFigures figures) => new()
        {
            Group = path,
            Namespace = pod.Metadata.Namespace,
            Pod = pod.Metadata.Name,
            StartTime = RuntimeFigures.Time(sandbox.CreatedAt),
            Figures = figures,
        };
        all.Add(Subject(group, Read(group)));
        string inner = _reader.PathOf(group, sandbox.Id);
        if (_reader.Has(inner))
        {
            all.Add(Subject(inner, ReadContainer(inner)) with
            {
                Name = sandbox.Id,
                Image = Runtime.ContainerRuntime.SandboxImage,
                Links = pod.Spec.HostNetwork || _reader.ProcessesWithin(inner) is not [var process, ..]
                    ? []
                    : LinksIn($"proc/{process}/net/dev"),
            });
        }

        foreach ((Proto.Container one, _) in usage.ContainersOf(sandbox.Id))
        {
            string path = _reader.PathOf(group, one.Id);
            if (_reader.Has(path))
            {
                all.Add(Subject(path, ReadContainer(path)) with
                {
                    Name = one.Id,
                    Container = one.Metadata.Name,
                    Image = ImageOf(pod, one),
                    StartTime = RuntimeFigures.Time(one.CreatedAt),
                });
            }
        }
    }

    private CgroupFigures ReadContainer(string group)
    {
        IReadOnlyList<string> processes = _reader.ProcessesWithin(group);
        return _reader.Read(group) with
        {
            Processes = (ulong)processes.Count, ProcessFigures = _reader.ReadProcesses(processes),
        };
    }

    private CgroupFigures Read(string group, string first = "") =>
        _reader.Read(group) with { ProcessFigures = _reader.ReadProcesses(group, first) };

    /// <summary>The image by its name, which runtimes need not know once the container is there.</summary>
    private static string ImageOf(Pod pod, Proto.Container container) =>
        pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)
            .FirstOrDefault(one => one.Name == container.Metadata.Name) is { Image.Length: > 0 } status
            ? status.Image
            : container.Image?.Image ?? "";

    // eth0: bytes packets errs drop fifo frame compressed multicast | bytes packets errs drop …
    private List<LinkFigures> LinksIn(string file)
    {
        List<LinkFigures> links = [];
        foreach (string line in (files.Lines(file) ?? []).Skip(2))
        {
            string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 13 && words[0] != "lo" && !words[0].StartsWith("veth", StringComparison.Ordinal))
            {
                ulong Of(int index) => ulong.TryParse(words[index], CultureInfo.InvariantCulture, out ulong n) ? n : 0;
                links.Add(new(words[0], [Of(1), Of(2), Of(3), Of(4)], [Of(9), Of(10), Of(11), Of(12)]));
            }
        }

        return links;
    }
}
