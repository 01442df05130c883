using Keelson.Api.Kinds;

namespace Keelson.Client;

/// <summary>The <see cref="ApiKind"/> of a record type.</summary>
/// <typeparam name="T">The record.</typeparam>
public static class KindOf<T>
    where T : class, IKind<T>
{
    /// <summary>The kind.</summary>
    public static ApiKind Kind { get; } = ApiKinds.All.First(static kind => kind.Info == T.Info);
}
