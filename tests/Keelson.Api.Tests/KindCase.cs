using System.Text;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests;

/// <summary>Takes objects the way the server does: decode, default, prepare, validate.</summary>
internal static class KindCase
{
    public static WriteContext Context { get; } = new(
        new Time(new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero)), "user");

    /// <summary>An object from JSON, defaulted; single quotes stand for double ones.</summary>
    public static T Read<T>(string json)
        where T : class, IKind<T>
    {
        JsonDecoder decoder = new(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));
        return T.SetDefaults(T.ReadJson(ref decoder));
    }

    /// <summary>The object as it would be stored first.</summary>
    public static T Create<T>(string json)
        where T : class, IKind<T>
    {
        T obj = Read<T>(json);
        return T.PrepareForCreate((T)obj.WithMetadata(obj.Metadata with { Uid = "u-1" }), Context);
    }

    /// <summary>What is wrong with a new object.</summary>
    public static string[] CreateErrors<T>(string json)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T.Validate(Create<T>(json), errors);
        return Texts(errors);
    }

    /// <summary>What is wrong with a change, each error once.</summary>
    public static string[] UpdateErrors<T>(T obj, T old)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T.ValidateUpdate(T.PrepareForUpdate(obj, old, Context), old, errors);
        return Texts(errors);
    }

    /// <summary>What is wrong with a change of the status.</summary>
    public static string[] StatusErrors<T>(T obj, T old)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        SubresourceStrategy<T> status = T.Subresources.Single(one => one.Name == "status");
        status.Validate(status.Prepare(obj, old, Context), old, errors);
        return Texts(errors);
    }

    /// <summary>The object's JSON.</summary>
    public static string Json<T>(T obj)
        where T : IWireValue<T>
    {
        JsonBuffer json = new();
        obj.WriteJson(json);
        return Encoding.UTF8.GetString(json.Written);
    }

    private static string[] Texts(FieldErrors errors) => [.. errors.All.Select(one => one.ToString()).Distinct()];
}
