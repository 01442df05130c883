using System.Diagnostics.CodeAnalysis;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Kinds;

/// <summary>
/// What a call to the API gives: a value, or the <see cref="Status"/> that tells why not. Expected outcomes travel this way;
/// exceptions are left to bugs and I/O.
/// </summary>
public readonly struct ApiResult<T>
{
    private readonly T? _value;

    private ApiResult(T? value, Status? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>Why there is no value; null when there is one.</summary>
    public Status? Error { get; }

    /// <summary>The value; only when there is no error.</summary>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.Message);

    /// <summary>Takes the result apart: true with the value, false with the error.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Status? error)
    {
        value = _value;
        error = Error;
        return Error is null;
    }

    /// <summary>A value.</summary>
    public static implicit operator ApiResult<T>(T value) => new(value, null);

    /// <summary>An error.</summary>
    public static implicit operator ApiResult<T>(Status error) => new(default, error);

    /// <summary>A value, also where T is an interface and the conversion can't be written.</summary>
    public static ApiResult<T> Of(T value) => new(value, null);
}
