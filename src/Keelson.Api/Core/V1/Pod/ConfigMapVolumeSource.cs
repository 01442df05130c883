using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A ConfigMap shown as a directory with a file per key. Changes are carried over after a while, except to subPath
/// mounts.
/// </summary>
[ApiType("io.k8s.api.core.v1.ConfigMapVolumeSource")]
public sealed partial record ConfigMapVolumeSource
{
    /// <summary>
    /// A ConfigMap shown as a directory with a file per key. Changes are carried over after a while, except to
    /// subPath mounts.
    /// </summary>
    [Field(1, Inline = true)]
    public partial LocalObjectReference LocalObjectReference { get; init; }

    /// <summary>
    /// Keys to show and the file names to use; every listed key must exist unless optional is set. All keys under
    /// their own names when empty.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<KeyToPath> Items { get; init; }

    /// <summary>
    /// Permission bits of the files, 0 to 0777 in octal (decimal 0 to 511; JSON has no octal notation). Defaults to
    /// 0644.
    /// </summary>
    [Field(3)]
    public partial int? DefaultMode { get; init; }

    /// <summary>
    /// If true a missing ConfigMap or key is tolerated; otherwise the pod does not start. Defaults to false.
    /// </summary>
    [Field(4)]
    public partial bool? Optional { get; init; }
}
