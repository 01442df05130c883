using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.LimitRanger;

/// <summary>Compares amounts with the bounds of one item of a limit range; the texts are upstream's.</summary>
internal sealed class LimitCheck(LimitRangeItem limit, List<string> errors)
{
    /// <summary>What the bounds are for.</summary>
    public string Type => limit.Type;

    /// <summary>Checks the resources of a container or of a pod.</summary>
    public void Amounts(ApiMap<Quantity> requests, ApiMap<Quantity> limits)
    {
        CheckMinimum(requests, limits);
        foreach ((string name, Quantity bound) in limit.Max)
        {
            string text = $"maximum {name} usage per {Type} is {bound}";
            if (!limits.TryGetValue(name, out Quantity most))
            {
                errors.Add(text + ".  No limit is specified");
            }
            else if (Compare(most, bound) > 0)
            {
                errors.Add($"{text}, but limit is {most}");
            }
            else if (requests.TryGetValue(name, out Quantity request) && Compare(request, bound) > 0)
            {
                errors.Add($"{text}, but request is {request}");
            }
        }

        foreach ((string name, Quantity bound) in limit.MaxLimitRequestRatio)
        {
            CheckRatio(name, bound, requests.GetValueOrDefault(name), limits.GetValueOrDefault(name));
        }
    }

    /// <summary>Checks what a claim asks for; its limits don't count.</summary>
    public void Claim(ApiMap<Quantity> requests)
    {
        CheckMinimum(requests, ApiMap<Quantity>.Empty);
        foreach ((string name, Quantity bound) in limit.Max)
        {
            string text = $"maximum {name} usage per {Type} is {bound}";
            if (!requests.TryGetValue(name, out Quantity request))
            {
                errors.Add(text + ".  No request is specified");
            }
            else if (Compare(request, bound) > 0)
            {
                errors.Add($"{text}, but request is {request}");
            }
        }
    }

    private void CheckMinimum(ApiMap<Quantity> requests, ApiMap<Quantity> limits)
    {
        foreach ((string name, Quantity bound) in limit.Min)
        {
            string text = $"minimum {name} usage per {Type} is {bound}";
            if (!requests.TryGetValue(name, out Quantity request))
            {
                errors.Add(text + ".  No request is specified");
            }
            else if (Compare(request, bound) < 0)
            {
                errors.Add($"{text}, but request is {request}");
            }
            else if (limits.TryGetValue(name, out Quantity most) && Compare(most, bound) < 0)
            {
                errors.Add($"{text}, but limit is {most}");
            }
        }
    }

    private void CheckRatio(string name, Quantity bound, Quantity request, Quantity most)
    {
        string text = $"{name} max limit to request ratio per {Type} is {bound}, but ";
        if (request.IsZero)
        {
            errors.Add(text + "no request is specified or request is 0");
            return;
        }

        if (most.IsZero)
        {
            errors.Add(text + "no limit is specified or limit is 0");
            return;
        }

        bool whole = request.MilliValue == long.MaxValue || most.MilliValue == long.MaxValue;
        double ratio = whole ? (double)most.Value / request.Value : (double)most.MilliValue / request.MilliValue;
        if (ratio * 1000 > bound.MilliValue)
        {
            errors.Add(text + "provided ratio is " + ratio.ToString("F6", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Compares in thousandths, rounded up.</summary>
    private static int Compare(Quantity left, Quantity right) =>
        left.MilliValue == long.MaxValue || right.MilliValue == long.MaxValue
            ? left.Value.CompareTo(right.Value)
            : left.MilliValue.CompareTo(right.MilliValue);
}
