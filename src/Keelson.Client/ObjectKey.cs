using Keelson.Api.Kinds;

namespace Keelson.Client;

/// <summary>Namespace and name of an object whose kind is known from the context: what work queues carry.</summary>
/// <param name="Namespace">The namespace; empty for kinds of the cluster.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    public static ObjectKey Of(IObject obj) => new(obj.Metadata.Namespace, obj.Metadata.Name);

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}
