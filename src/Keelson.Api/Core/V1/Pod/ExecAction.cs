using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A command to run in a container.</summary>
[ApiType("io.k8s.api.core.v1.ExecAction")]
public sealed partial record ExecAction
{
    /// <summary>
    /// The command and its arguments, run in the root directory of the container without a shell. Exit code 0 means
    /// success, any other failure.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Command { get; init; }
}
