using System.Text;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests.Kinds;

/// <summary>Runs an object through what the server does with it on a write, and shows the result as text.</summary>
internal static class KindProbe
{
    public static WriteContext Context { get; } =
        new(new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), "jane") { UserGroups = ["devs"], UserUid = "42" };

    /// <summary>The object of a body, defaulted and prepared for creation.</summary>
    public static T Create<T>(string json)
        where T : class, IKind<T> => T.PrepareForCreate(Read<T>(json), Context);

    /// <summary>The object of a body, defaulted.</summary>
    public static T Read<T>(string json)
        where T : class, IKind<T>
    {
        JsonDecoder decoder = new(Encoding.UTF8.GetBytes(json), null);
        T obj = T.ReadJson(ref decoder);
        decoder.End();
        return T.SetDefaults(obj);
    }

    /// <summary>The errors of creating the object of a body.</summary>
    public static string[] CreateErrors<T>(string json)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T.Validate(Create<T>(json), errors);
        return Lines(errors);
    }

    /// <summary>The errors of changing one body's object into another's.</summary>
    public static string[] UpdateErrors<T>(string oldJson, string newJson)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        T old = Create<T>(oldJson);
        T.ValidateUpdate(T.PrepareForUpdate(Read<T>(newJson), old, Context), old, errors);
        return Lines(errors);
    }

    /// <summary>The errors of writing to a subresource.</summary>
    public static string[] SubresourceErrors<T>(string name, T old, T obj)
        where T : class, IKind<T>
    {
        FieldErrors errors = new();
        SubresourceStrategy<T> strategy = T.Subresources.Single(one => one.Name == name);
        strategy.Validate(strategy.Prepare(obj, old, Context), old, errors);
        return Lines(errors);
    }

    /// <summary>The row of an object, two minutes after <see cref="Context"/>'s time.</summary>
    public static string Row<T>(T obj)
        where T : class, IKind<T>
    {
        object?[] cells = T.Cells(obj, new(new Time(Context.Now.Instant.AddMinutes(2))));
        Assert.True(cells.Length >= T.Columns.Count);
        return string.Join(" | ", cells);
    }

    private static string[] Lines(FieldErrors errors) => [.. errors.All.Select(one => one.ToString())];
}
