using Keelson.Api.Autoscaling.V1;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Kinds;

/// <summary>
/// A kind with the <c>scale</c> subresource. Reading it gives <see cref="ToScale"/>; writing it takes the replicas of
/// the scale that the client sent, and then goes the way of any update of the object itself.
/// <para>
/// The scale's managed fields are those entries of the object that own <see cref="ReplicasPath"/>, each reduced to that
/// one field and to the version <see cref="ScaleVersion"/>. On the way back an entry that the scale no longer has loses
/// the field, and a new one is added to the object under the object's own version; entries of versions the kind does
/// not know are dropped.
/// </para>
/// </summary>
public interface IScalable : IObject
{
    /// <summary>Where the replicas stand, in the object as in the scale.</summary>
    static IReadOnlyList<string> ReplicasPath { get; } = ["spec", "replicas"];

    /// <summary>The version that managed fields of a scale carry.</summary>
    static string ScaleVersion => Scale.Info.ApiVersion;

    /// <summary>The scale, without managed fields.</summary>
    Scale ToScale();

    /// <summary>The object with other replicas.</summary>
    IObject WithReplicas(int replicas);

    /// <summary>The scale of an object.</summary>
    protected static Scale Scaled(ObjectMeta metadata, int? desired, int observed, string selector) => new()
    {
        Metadata = new()
        {
            Name = metadata.Name,
            Namespace = metadata.Namespace,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            CreationTimestamp = metadata.CreationTimestamp,
        },
        Spec = new() { Replicas = desired ?? 0 },
        Status = new() { Replicas = observed, Selector = selector },
    };
}
