using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.ImageLocality;

/// <summary>
/// Prefers nodes that have the pod's images: the more so the larger they are, and the more nodes have them, so that not
/// all pods go to the one node that was first.
/// </summary>
internal sealed class ImageLocalityPlugin(NodeSnapshot snapshot) : IScorePlugin
{
    /// <summary>The name.</summary>
    public const string PluginName = "ImageLocality";

    private const long Mebibyte = 1024 * 1024;

    /// <summary>What is smaller is pulled quickly enough not to matter.</summary>
    private const long Least = 23 * Mebibyte;

    /// <summary>From here on, an image matters as much as one can.</summary>
    private const long MostOfImage = 1000 * Mebibyte;

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        scores.Clear();
        List<string> images = ImagesOf(pod.Pod.Spec);
        int all = snapshot.Nodes.Count;
        foreach (string image in images)
        {
            if (snapshot.Image(image) is not { } known)
            {
                continue;
            }

            long worth = (long)(known.Size * ((double)known.Nodes / all));
            for (int i = 0; i < nodes.Length; i++)
            {
                scores[i] += known.IsOn(nodes[i]) ? worth : 0;
            }
        }

        long most = MostOfImage * images.Count;
        foreach (ref long score in scores)
        {
            score = Scores.Max * (Math.Clamp(score, Least, most) - Least) / (most - Least);
        }

        return null;
    }

    private static List<string> ImagesOf(PodSpec spec)
    {
        List<string> images = [];
        foreach (Container one in spec.InitContainers)
        {
            images.Add(Full(one.Image));
        }

        foreach (Container one in spec.Containers)
        {
            images.Add(Full(one.Image));
        }

        foreach (Volume one in spec.Volumes)
        {
            if (one.VolumeSource.Image is { } image)
            {
                images.Add(Full(image.Reference));
            }
        }

        return images;
    }

    /// <summary>The name as container runtimes have it: with a tag.</summary>
    private static string Full(string image) =>
        image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
