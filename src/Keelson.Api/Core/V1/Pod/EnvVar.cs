using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>An environment variable of a container.</summary>
[ApiType("io.k8s.api.core.v1.EnvVar")]
public sealed partial record EnvVar
{
    /// <summary>
    /// Name of the variable. May consist of any printable ASCII characters except the equals sign.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Literal value; empty by default. $(NAME) is replaced by variables defined earlier in the container or by
    /// services, $$(NAME) gives a literal $(NAME), and names that cannot be resolved stay untouched. Cannot be
    /// combined with a nonempty valueFrom.
    /// </summary>
    [Field(2)]
    public partial string Value { get; init; }

    /// <summary>Where to take the value from. Only allowed if value is empty.</summary>
    [Field(3)]
    public partial EnvVarSource? ValueFrom { get; init; }
}
