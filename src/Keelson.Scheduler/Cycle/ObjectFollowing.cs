using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Resource.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using ResourceClaim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Brings the changes of objects to the scheduling loop: nodes and pods, and the kinds that plugins wait for.
/// </summary>
internal static class ObjectFollowing
{
    /// <summary>Follows; completes when everything that was there at the start is in the inbox.</summary>
    public static Task Start(IInformers informers, LoopInbox inbox, IEnumerable<Profile> profiles)
    {
        HashSet<EventResource> wanted =
        [
            .. profiles.SelectMany(static one => one.Plugins.All.SelectMany(plugin => one.HintsOf(plugin.Name)))
                .Select(static one => one.Event.Resource),
        ];
        List<Task> synced =
        [
            Follow<Node>(informers, inbox, EventResource.Node),
            Follow<Pod>(informers, inbox, EventResource.AssignedPod),

            // No plugin waits for a namespace, but terms that select namespaces must not be decided without them.
            informers.Of<Namespace>().Synced,
        ];
        void Add<T>(EventResource resource)
            where T : class, IKind<T>
        {
            if (wanted.Contains(resource))
            {
                synced.Add(Follow<T>(informers, inbox, resource));
            }
        }

        Add<PersistentVolume>(EventResource.PersistentVolume);
        Add<PersistentVolumeClaim>(EventResource.PersistentVolumeClaim);
        Add<StorageClass>(EventResource.StorageClass);
        Add<CSINode>(EventResource.CSINode);
        Add<CSIDriver>(EventResource.CSIDriver);
        Add<CSIStorageCapacity>(EventResource.CSIStorageCapacity);
        Add<VolumeAttachment>(EventResource.VolumeAttachment);
        Add<ResourceClaim>(EventResource.ResourceClaim);
        Add<ResourceSlice>(EventResource.ResourceSlice);
        Add<DeviceClass>(EventResource.DeviceClass);
        return Task.WhenAll(synced);
    }

    private static Task Follow<T>(IInformers informers, LoopInbox inbox, EventResource resource)
        where T : class, IKind<T>
    {
        IInformer<T> informer = informers.Of<T>();
        informer.Subscribe((old, now) => inbox.Changed(resource, old, now));
        return informer.Synced;
    }
}
