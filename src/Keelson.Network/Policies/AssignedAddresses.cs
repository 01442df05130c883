using Keelson.Api.Core.V1;
using Keelson.Client;

namespace Keelson.Network.Policies;

/// <summary>
/// Addresses that pods of this node were given and that their statuses don't tell yet. An address is forgotten once the
/// status tells it, the pod is gone or over, or another pod was given it. Not for several threads.
/// </summary>
internal sealed class AssignedAddresses
{
    private readonly Dictionary<ObjectKey, (Pod Pod, IReadOnlyList<string> Addresses)> _given = [];
    private readonly Dictionary<string, ObjectKey> _holders = new(StringComparer.Ordinal);

    /// <summary>The pods.</summary>
    public IReadOnlyCollection<ObjectKey> Pods => _given.Keys;

    /// <summary>Notes what a pod was given.</summary>
    /// <returns>The pods that had one of the addresses before, and have to be looked at again.</returns>
    public IReadOnlyList<ObjectKey> Put(Pod pod, IReadOnlyList<string> addresses)
    {
        ObjectKey key = ObjectKey.Of(pod);
        Forget(key);
        List<ObjectKey> before = [];
        foreach (string address in addresses)
        {
            if (_holders.TryGetValue(address, out ObjectKey holder))
            {
                Forget(holder);
                before.Add(holder);
            }

            _holders[address] = key;
        }

        _given[key] = (pod, addresses);
        return before;
    }

    /// <summary>A pod as policies see it.</summary>
    /// <param name="key">The pod.</param>
    /// <param name="known">What the API has under that name; null for nothing.</param>
    /// <param name="nodeName">This node.</param>
    /// <returns>The pod; null for one that has no address of its own, or is over.</returns>
    public PolicyPod? Resolve(ObjectKey key, Pod? known, string nodeName)
    {
        if (!_given.TryGetValue(key, out (Pod Pod, IReadOnlyList<string> Addresses) given))
        {
            return known is null ? null : PolicyPod.Of(known, nodeName);
        }

        bool isKnown = known is not null && IsSame(known, given.Pod);
        if (isKnown ? IsOver(known!) || PolicyPod.AddressesOf(known!).SequenceEqual(given.Addresses)
            : known is not null || !IsFromFile(given.Pod))
        {
            Forget(key);
            return known is null ? null : PolicyPod.Of(known, nodeName);
        }

        return PolicyPod.Of(isKnown ? known! : given.Pod, nodeName, given.Addresses);
    }

    private void Forget(ObjectKey key)
    {
        if (_given.Remove(key, out (Pod Pod, IReadOnlyList<string> Addresses) given))
        {
            foreach (string address in given.Addresses)
            {
                _holders.Remove(address);
            }
        }
    }

    /// <summary>The API knows a pod from a file by its mirror, which comes later and has another uid.</summary>
    private static bool IsSame(Pod known, Pod given) => known.Metadata.Uid == given.Metadata.Uid
        || known.Metadata.Annotations.GetValueOrDefault("kubernetes.io/config.mirror") == given.Metadata.Uid;

    private static bool IsFromFile(Pod pod) =>
        pod.Metadata.Annotations.GetValueOrDefault("kubernetes.io/config.source") is { } source && source != "api";

    private static bool IsOver(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";
}
