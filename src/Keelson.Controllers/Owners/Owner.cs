using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;

namespace Keelson.Controllers.Owners;

/// <summary>Owner references as controllers read and write them.</summary>
internal static class Owner
{
    /// <summary>The reference to the controller of an object; null when it has none.</summary>
    public static OwnerReference? ControllerOf(ObjectMeta meta)
    {
        foreach (OwnerReference one in meta.OwnerReferences)
        {
            if (one.Controller == true)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>True when an object's controller is the one with this uid.</summary>
    public static bool IsControlledBy(IObject obj, string uid) => ControllerOf(obj.Metadata)?.Uid == uid;

    /// <summary>The reference that makes an object the controller of another.</summary>
    public static OwnerReference ControllerReference(IObject owner) => new()
    {
        ApiVersion = owner.KindInfo.ApiVersion,
        Kind = owner.KindInfo.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>Objects by the uid of their controller; those without one under <see cref="OrphanKey"/> of their
    /// namespace.</summary>
    public static IInformerIndex<T> ByController<T>(IInformer<T> informer)
        where T : class, IKind<T> => informer.Index("controller", static obj => [KeyOf(obj.Metadata)]);

    /// <summary>The key of a namespace's objects that nobody controls.</summary>
    public static string OrphanKey(string @namespace) => "orphan/" + @namespace;

    private static string KeyOf(ObjectMeta meta) => ControllerOf(meta)?.Uid ?? OrphanKey(meta.Namespace);
}
