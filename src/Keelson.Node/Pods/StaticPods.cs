using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Pods from files: the node runs what a directory says, whether the API is there or not. The API gets a mirror of
/// each,
/// which shows its status and can't be used to change it.
/// </summary>
internal sealed class StaticPods(NodeContext context, string directory)
{
    // Upstream is told of changes by the kernel and looks every 20 s as well.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (string Stamp, Pod Pod)> _known = new(StringComparer.Ordinal);

    /// <summary>True for a pod that only shows a static one.</summary>
    public static bool IsMirror(Pod pod) => pod.Metadata.Annotations.ContainsKey(PodNames.ConfigMirror);

    /// <summary>True for a pod from a file.</summary>
    public static bool IsStatic(Pod pod) =>
        !IsMirror(pod) && pod.Metadata.Annotations.GetValueOrDefault(PodNames.ConfigSource) == "file";

    /// <summary>Follows the directory until it is cancelled.</summary>
    public async Task RunAsync(PodWorkers workers, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Period, context.Clock);
        do
        {
            Look(workers);
            foreach ((_, Pod pod) in _known.Values.ToArray())
            {
                await MirrorAsync(pod, cancellationToken);
            }

            await RemoveMirrorsAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The pod that a file describes, as the node runs it.</summary>
    /// <exception cref="FormatException">It describes none.</exception>
    internal Pod Read(string file, byte[] content)
    {
        try
        {
            IObject decoded = KindOf<Pod>.Kind.DecodeJson(YamlReader.ToJson(content));
            Pod pod = (Pod)KindOf<Pod>.Kind.SetDefaults(decoded);
            if (pod.Metadata.Name.Length == 0 || pod.Spec.Containers.Count == 0)
            {
                throw new FormatException($"{file}: it describes no pod");
            }

            string seed = $"host:{context.NodeName} file:{file} {Encoding.UTF8.GetString(content)}";
            string uid = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)))[..32];
            return pod with
            {
                Metadata = pod.Metadata with
                {
                    Name = $"{pod.Metadata.Name}-{context.NodeName.ToLowerInvariant()}",
                    Namespace = pod.Metadata.Namespace.Length > 0 ? pod.Metadata.Namespace : "default",
                    Uid = uid,
                    Annotations = pod.Metadata.Annotations
                        .With(PodNames.ConfigHash, uid)
                        .With(PodNames.ConfigSource, "file")
                        .With(PodNames.ConfigSeen, Time.Now(context.Clock).ToString()),
                },
                Spec = pod.Spec with
                {
                    NodeName = context.NodeName,
                    Tolerations =
                        pod.Spec.Tolerations.Add(new Toleration { Operator = "Exists", Effect = "NoExecute" }),
                },
                Status = new PodStatus { Phase = PodPhase.Pending },
            };
        }
        catch (Exception exception) when (exception is DecodeException or JsonException)
        {
            throw new FormatException($"{file}: {exception.Message}", exception);
        }
    }

    private void Look(PodWorkers workers)
    {
        HashSet<string> present = new(StringComparer.Ordinal);
        foreach (string file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory) : [])
        {
            if (!Path.GetFileName(file).StartsWith('.'))
            {
                present.Add(file);
                LookAt(file, workers);
            }
        }

        foreach (string file in _known.Keys.Where(one => !present.Contains(one)).ToArray())
        {
            workers.RemoveStatic(_known[file].Pod);
            _known.Remove(file);
        }
    }

    private void LookAt(string file, PodWorkers workers)
    {
        try
        {
            byte[] content = File.ReadAllBytes(file);
            string stamp = Convert.ToHexStringLower(SHA256.HashData(content));
            bool isKnown = _known.TryGetValue(file, out (string Stamp, Pod Pod) known);
            if (isKnown && known.Stamp == stamp)
            {
                return;
            }

            Pod pod = Read(file, content);
            if (isKnown)
            {
                workers.RemoveStatic(known.Pod);
            }

            _known[file] = (stamp, pod);
            workers.AddStatic(pod);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            context.Log("static pod: " + exception.Message);
        }
    }

    /// <summary>Sees to it that the API shows a pod.</summary>
    private async Task MirrorAsync(Pod pod, CancellationToken cancellationToken)
    {
        IInformer<Pod> pods = context.Informers.Of<Pod>();
        Pod? mirror = pods.Find(pod.Metadata.Namespace, pod.Metadata.Name);
        if (mirror is not null && mirror.Metadata.DeletionTimestamp is null
            && mirror.Metadata.Annotations.GetValueOrDefault(PodNames.ConfigMirror) == pod.Metadata.Uid)
        {
            return;
        }

        if (mirror is not null)
        {
            await context.Client.DeleteAsync(
                mirror, cancellationToken, DeleteOptions.Empty with { GracePeriodSeconds = 0 });
            return;
        }

        ApiResult<Node> node = await context.Client.GetAsync<Node>("", context.NodeName, cancellationToken);
        if (!pods.Synced.IsCompletedSuccessfully || node.Error is not null)
        {
            return;
        }

        ApiResult<Pod> created = await context.Client.CreateAsync(
            pod with
            {
                Metadata = pod.Metadata with
                {
                    Uid = "",
                    Annotations = pod.Metadata.Annotations.With(PodNames.ConfigMirror, pod.Metadata.Uid),
                    OwnerReferences =
                    [
                        new OwnerReference
                        {
                            ApiVersion = "v1",
                            Kind = "Node",
                            Name = context.NodeName,
                            Uid = node.Value.Metadata.Uid,
                            Controller = true,
                        },
                    ],
                },
            },
            cancellationToken);
        if (created.Error is { Code: not 409 } error)
        {
            context.Log($"mirror of pod {PodNames.Text(pod)}: {error.Message}");
        }
    }

    private async Task RemoveMirrorsAsync(CancellationToken cancellationToken)
    {
        foreach (Pod mirror in context.Informers.Of<Pod>().List().ToArray())
        {
            if (mirror.Spec.NodeName == context.NodeName && IsMirror(mirror)
                && !_known.Values.Any(one => one.Pod.Metadata.Name == mirror.Metadata.Name
                    && one.Pod.Metadata.Namespace == mirror.Metadata.Namespace))
            {
                await context.Client.DeleteAsync(
                    mirror, cancellationToken, DeleteOptions.Empty with { GracePeriodSeconds = 0 });
            }
        }
    }
}
