using Keelson.Api.Meta.V1;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>What an object is called, and which one of that name it is.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind's name.</param>
/// <param name="Namespace">The namespace; empty for kinds of the cluster.</param>
/// <param name="Name">The name.</param>
/// <param name="Uid">The uid.</param>
internal readonly record struct ObjectIdentity(
    string ApiVersion, string Kind, string Namespace, string Name, string Uid)
{
    /// <summary>True when a reference names this object; only the namespace is not a reference's to say.</summary>
    public bool IsNamedBy(OwnerReference reference) =>
        reference.Uid == Uid && reference.Name == Name && reference.Kind == Kind && reference.ApiVersion == ApiVersion;

    /// <summary>As upstream prints it in events.</summary>
    public override string ToString() => $"[{ApiVersion}/{Kind}, namespace: {Namespace}, name: {Name}, uid: {Uid}]";
}
