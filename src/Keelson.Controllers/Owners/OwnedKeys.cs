using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Owners;

/// <summary>Which owners a change of an owned object concerns.</summary>
internal static class OwnedKeys
{
    /// <summary>
    /// The owner that controls the object, before and after the change; for an object that has become an orphan, or
    /// whose labels changed as one, every owner that might adopt it.
    /// </summary>
    /// <param name="ownerKind">The owners' kind, as owner references have it.</param>
    /// <param name="owners">The owners.</param>
    /// <param name="selects">(owner, labels) → whether the owner selects an object with these labels.</param>
    public static Func<T?, T?, IEnumerable<ObjectKey>> For<T, TOwner>(
        string ownerKind, IInformer<TOwner> owners, Func<TOwner, ApiMap<string>, bool> selects)
        where T : class, IKind<T>
        where TOwner : class, IKind<TOwner>
    {
        return Keys;

        IEnumerable<ObjectKey> Keys(T? old, T? now)
        {
            OwnerReference? before = old is null ? null : Owner.ControllerOf(old.Metadata);
            OwnerReference? after = now is null ? null : Owner.ControllerOf(now.Metadata);
            if (before is not null && before.Kind == ownerKind && before.Uid != after?.Uid)
            {
                yield return new(old!.Metadata.Namespace, before.Name);
            }

            if (after is not null && after.Kind == ownerKind)
            {
                yield return new(now!.Metadata.Namespace, after.Name);
            }

            bool isNewOrphan = now is not null && after is null
                && (old is null || before is not null || old.Metadata.Labels != now.Metadata.Labels);
            if (!isNewOrphan)
            {
                yield break;
            }

            foreach (TOwner one in owners.List(now!.Metadata.Namespace))
            {
                if (selects(one, now.Metadata.Labels))
                {
                    yield return ObjectKey.Of(one);
                }
            }
        }
    }
}
