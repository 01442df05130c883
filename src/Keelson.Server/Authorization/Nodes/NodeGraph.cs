using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Api.Storage.V1;

namespace Keelson.Server.Authorization.Nodes;

/// <summary>Which objects are in use on which node. Kept as a count for each object and node, so that a question is one
/// look whatever the number of pods; volumes go through their claim, as the pod that uses it may come later.</summary>
public sealed class NodeGraph
{
    private readonly Lock gate = new();
    private readonly Dictionary<ReachableObject, Dictionary<string, int>> users = [];
    private readonly Dictionary<(string Namespace, string Name), PodEntry> pods = [];
    private readonly Dictionary<string, VolumeEntry> volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<ReachableObject, HashSet<string>> volumesOfSecrets = [];
    private readonly Dictionary<string, string> attachments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> slices = new(StringComparer.Ordinal);

    private Action catchUp = static () => { };

    /// <summary>Follows a server's pods, volumes, attachments and slices.</summary>
    public void Follow(IObjectLookup lookup)
    {
        var podFeed = new ChangeFeed<Pod>(lookup, (scope, name, pod) =>
        {
            if (pod is not null)
            {
                Set(pod);
            }
            else
            {
                RemovePod(scope, name);
            }
        }).Start();
        var volumeFeed = new ChangeFeed<PersistentVolume>(lookup, (_, name, volume) =>
        {
            if (volume is not null)
            {
                Set(volume);
            }
            else
            {
                RemovePersistentVolume(name);
            }
        }).Start();
        var attachmentFeed = new ChangeFeed<VolumeAttachment>(
            lookup, (_, name, attachment) => SetVolumeAttachment(name, attachment?.Spec.NodeName ?? "")).Start();
        var sliceFeed = new ChangeFeed<ResourceSlice>(
            lookup, (_, name, slice) => SetResourceSlice(name, slice?.Spec.NodeName ?? "")).Start();
        catchUp = () =>
        {
            podFeed.CatchUp();
            volumeFeed.CatchUp();
            attachmentFeed.CatchUp();
            sliceFeed.CatchUp();
        };
    }

    /// <summary>Takes a pod as it is now; one without a node is on none.</summary>
    public void Set(Pod pod)
    {
        var key = (pod.Metadata.Namespace, pod.Metadata.Name);
        var node = pod.Spec.NodeName;
        lock (gate)
        {
            // Most updates of a pod change neither its node nor what it refers to.
            if (pods.TryGetValue(key, out var known) && known.Node == node && known.HasSameReferences(pod))
            {
                return;
            }
            Forget(key);
            if (node.Length > 0)
            {
                var entry = new PodEntry(node, pod, [.. ObjectReferences.Of(pod)]);
                pods.Add(key, entry);
                Count(entry, +1);
            }
        }
    }

    /// <summary>Forgets a pod.</summary>
    public void RemovePod(string podNamespace, string name)
    {
        lock (gate)
        {
            Forget((podNamespace, name));
        }
    }

    /// <summary>Takes a volume as it is now; one without a claim is nobody's.</summary>
    public void Set(PersistentVolume volume)
    {
        lock (gate)
        {
            ForgetVolume(volume.Metadata.Name);
            if (volume.Spec.ClaimRef is not { } claim)
            {
                return;
            }
            var entry = new VolumeEntry(
                new ReachableObject(ReachableKind.PersistentVolumeClaim, claim.Namespace, claim.Name),
                [.. ObjectReferences.SecretsOf(volume)]);
            volumes.Add(volume.Metadata.Name, entry);
            foreach (var secret in entry.Secrets)
            {
                if (!volumesOfSecrets.TryGetValue(secret, out var names))
                {
                    volumesOfSecrets.Add(secret, names = new(StringComparer.Ordinal));
                }
                names.Add(volume.Metadata.Name);
            }
        }
    }

    /// <summary>Forgets a volume.</summary>
    public void RemovePersistentVolume(string name)
    {
        lock (gate)
        {
            ForgetVolume(name);
        }
    }

    /// <summary>Takes a volume attachment's node.</summary>
    public void SetVolumeAttachment(string name, string node) => Set(attachments, name, node);

    /// <summary>Forgets a volume attachment.</summary>
    public void RemoveVolumeAttachment(string name) => Set(attachments, name, "");

    /// <summary>Takes a resource slice's node; empty for a slice of no single node.</summary>
    public void SetResourceSlice(string name, string node) => Set(slices, name, node);

    /// <summary>Forgets a resource slice.</summary>
    public void RemoveResourceSlice(string name) => Set(slices, name, "");

    internal bool IsUsedOn(string node, ReachableObject target)
    {
        catchUp();
        lock (gate)
        {
            if (HasUser(node, target))
            {
                return true;
            }
            return target.Kind == ReachableKind.Secret
                && volumesOfSecrets.TryGetValue(target, out var names)
                && names.Any(name => HasUser(node, volumes[name].Claim));
        }
    }

    internal bool IsVolumeUsedOn(string node, string volume)
    {
        catchUp();
        lock (gate)
        {
            return volumes.TryGetValue(volume, out var entry) && HasUser(node, entry.Claim);
        }
    }

    internal bool IsAttachmentOf(string node, string attachment) => Has(attachments, attachment, node);

    internal bool IsSliceOf(string node, string slice) => Has(slices, slice, node);

    private bool HasUser(string node, ReachableObject target) =>
        users.TryGetValue(target, out var nodes) && nodes.ContainsKey(node);

    private void Forget((string Namespace, string Name) key)
    {
        if (pods.Remove(key, out var entry))
        {
            Count(entry, -1);
        }
    }

    private void Count(PodEntry entry, int step)
    {
        foreach (var target in entry.References)
        {
            if (!users.TryGetValue(target, out var nodes))
            {
                users.Add(target, nodes = new(StringComparer.Ordinal));
            }
            var count = nodes.GetValueOrDefault(entry.Node) + step;
            if (count > 0)
            {
                nodes[entry.Node] = count;
            }
            else if (nodes.Remove(entry.Node) && nodes.Count == 0)
            {
                users.Remove(target);
            }
        }
    }

    private void ForgetVolume(string name)
    {
        if (!volumes.Remove(name, out var entry))
        {
            return;
        }
        foreach (var secret in entry.Secrets)
        {
            if (volumesOfSecrets.TryGetValue(secret, out var names) && names.Remove(name) && names.Count == 0)
            {
                volumesOfSecrets.Remove(secret);
            }
        }
    }

    private void Set(Dictionary<string, string> nodes, string name, string node)
    {
        lock (gate)
        {
            if (node.Length > 0)
            {
                nodes[name] = node;
            }
            else
            {
                nodes.Remove(name);
            }
        }
    }

    private bool Has(Dictionary<string, string> nodes, string name, string node)
    {
        catchUp();
        lock (gate)
        {
            return nodes.TryGetValue(name, out var found) && found == node;
        }
    }

    private sealed record VolumeEntry(ReachableObject Claim, ReachableObject[] Secrets);

    private sealed class PodEntry(string node, Pod pod, ReachableObject[] references)
    {
        private readonly string uid = pod.Metadata.Uid;
        private readonly int ephemeralContainers = pod.Spec.EphemeralContainers.Count;
        private readonly int claims = pod.Status.ResourceClaimStatuses.Count;
        private readonly bool hasExtendedClaim = pod.Status.ExtendedResourceClaimStatus is not null;

        public string Node => node;

        public ReachableObject[] References => references;

        // What a spec refers to can't change but for added debug containers; claims come to be known in the status.
        public bool HasSameReferences(Pod other) =>
            other.Metadata.Uid == uid
            && other.Spec.EphemeralContainers.Count == ephemeralContainers
            && other.Status.ResourceClaimStatuses.Count == claims
            && other.Status.ExtendedResourceClaimStatus is not null == hasExtendedClaim;
    }
}
