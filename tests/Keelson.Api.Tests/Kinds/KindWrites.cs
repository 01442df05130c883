using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests.Kinds;

/// <summary>Takes objects through the steps of a write, the way the server does.</summary>
internal static class KindWrites
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WriteContext Context = new(new Time(Noon), "tester");

    /// <summary>Decodes and defaults.</summary>
    public static T Read<T>(string json)
        where T : class, IKind<T>
    {
        JsonDecoder decoder = new(Encoding.UTF8.GetBytes(json), null);
        return T.SetDefaults(T.ReadJson(ref decoder));
    }

    /// <summary>What a create would store.</summary>
    public static T Created<T>(string json)
        where T : class, IKind<T> => T.PrepareForCreate(Read<T>(json), Context);

    /// <summary>What an update would store.</summary>
    public static T Updated<T>(T old, string json)
        where T : class, IKind<T> => T.PrepareForUpdate(Read<T>(json), old, Context);

    /// <summary>The errors of a create.</summary>
    public static string[] CreateErrors<T>(string json)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T.Validate(Created<T>(json), errors);
        return Lines(errors);
    }

    /// <summary>The errors of an update that tells the stored version.</summary>
    public static string[] UpdateErrors<T>(T old, string json)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T.ValidateUpdate(Versioned(Updated(old, json)), Versioned(old), errors);
        return Lines(errors);
    }

    /// <summary>The errors of a write to a subresource.</summary>
    public static string[] SubresourceErrors<T>(string name, T old, T changed)
        where T : class, IKind<T>
    {
        SubresourceStrategy<T> strategy = T.Subresources.Single(one => one.Name == name);
        FieldErrors errors = new();
        strategy.Validate(strategy.Prepare(Versioned(changed), Versioned(old), Context), Versioned(old), errors);
        return Lines(errors);
    }

    /// <summary>A row of the table, five minutes after noon.</summary>
    public static object?[] Row<T>(T obj)
        where T : class, IKind<T> => T.Cells(obj, new TableContext(new Time(Noon.AddMinutes(5))));

    public static string Json(IObject obj)
    {
        JsonBuffer json = new();
        obj.WriteJson(json);
        return Encoding.UTF8.GetString(json.Written);
    }

    private static T Versioned<T>(T obj)
        where T : class, IKind<T> => (T)obj.WithMetadata(obj.Metadata with { ResourceVersion = "1" });

    private static string[] Lines(FieldErrors errors) => [.. errors.All.Select(one => one.ToString())];
}
